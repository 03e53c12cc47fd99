#include "hash/part_hasher.hpp"

#include <gtest/gtest.h>

#include "hash/random_bytes_for_test.hpp"

namespace slipway::hash {
namespace {

template <class Hasher>
auto digest_of(std::span<const std::byte> bytes) {
    Hasher hasher;
    hasher.update(bytes);
    return hasher.finish();
}

PartDigests expected_of(std::span<const std::byte> bytes, DigestSelection selection) {
    PartDigests expected{.sha256 = digest_of<Sha256Hasher>(bytes),
                         .crc64nvme = digest_of<Crc64NvmeHasher>(bytes),
                         .md5 = std::nullopt,
                         .crc32c = std::nullopt};
    if (selection.md5) {
        expected.md5 = digest_of<Md5Hasher>(bytes);
    }
    if (selection.crc32c) {
        expected.crc32c = digest_of<Crc32cHasher>(bytes);
    }
    return expected;
}

class PartHasherTest : public testing::TestWithParam<DigestSelection> {};

TEST_P(PartHasherTest, ComputesWhatWasSelectedAndNoMore) {
    RandomBytes random;
    const auto bytes = random.bytes(70000);
    for (int round = 0; round < 10; ++round) {
        PartHasher hasher(GetParam());
        for (const auto piece : random.split(bytes)) {
            hasher.update(piece);
        }
        ASSERT_EQ(hasher.finish(), expected_of(bytes, GetParam()));
    }
}

TEST_P(PartHasherTest, BeginsAnewAfterFinish) {
    PartHasher hasher(GetParam());
    hasher.update(bytes_of("first"));
    EXPECT_EQ(hasher.finish(), expected_of(bytes_of("first"), GetParam()));
    EXPECT_EQ(hasher.finish(), expected_of({}, GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Selections, PartHasherTest,
                         testing::Values(DigestSelection{}, DigestSelection{.md5 = true},
                                         DigestSelection{.crc32c = true},
                                         DigestSelection{.md5 = true, .crc32c = true}));

}  // namespace
}  // namespace slipway::hash
