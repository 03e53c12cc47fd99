#include "hash/crc_combine.hpp"

#include <gtest/gtest.h>

#include "hash/digester.hpp"
#include "hash/random_bytes_for_test.hpp"

namespace slipway::hash {
namespace {

Crc64Nvme crc_of(std::span<const std::byte> bytes) {
    Crc64NvmeHasher hasher;
    hasher.update(bytes);
    return hasher.finish();
}

TEST(CombineCrc64Nvme, EqualsTheChecksumOfTheWholeForAnySplit) {
    RandomBytes random;
    const auto bytes = random.bytes(200000);
    const Crc64Nvme whole = crc_of(bytes);
    for (int round = 0; round < 100; ++round) {
        Crc64Nvme combined = kCrc64NvmeOfNothing;
        for (const auto piece : random.split(bytes)) {
            combined = combine_crc64nvme(combined, crc_of(piece), ByteCount(piece.size()));
        }
        ASSERT_EQ(combined, whole);
    }
}

TEST(CombineCrc64Nvme, HoldsAtEverySmallLength) {
    RandomBytes random;
    const auto bytes = random.bytes(600);
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const auto first = std::span(bytes).first(bytes.size() - size);
        const auto second = std::span(bytes).last(size);
        ASSERT_EQ(combine_crc64nvme(crc_of(first), crc_of(second), ByteCount(size)), crc_of(bytes));
    }
}

TEST(CombineCrc64Nvme, NothingChangesNothing) {
    EXPECT_EQ(crc_of({}), kCrc64NvmeOfNothing);
    const Crc64Nvme some = crc_of(bytes_of("some"));
    EXPECT_EQ(combine_crc64nvme(some, kCrc64NvmeOfNothing, ByteCount(0)), some);
    EXPECT_EQ(combine_crc64nvme(kCrc64NvmeOfNothing, some, ByteCount(4)), some);
}

// The length of a file is beyond what a test can hash: grouping must not matter instead.
TEST(CombineCrc64Nvme, IsAssociativeAtAnyLength) {
    RandomBytes random;
    for (int round = 0; round < 200; ++round) {
        const Crc64Nvme a = crc64nvme_from(random.below(SIZE_MAX));
        const Crc64Nvme b = crc64nvme_from(random.below(SIZE_MAX));
        const Crc64Nvme c = crc64nvme_from(random.below(SIZE_MAX));
        const ByteCount b_length(random.below(SIZE_MAX / 2));
        const ByteCount c_length(random.below(SIZE_MAX / 2));
        ASSERT_EQ(combine_crc64nvme(combine_crc64nvme(a, b, b_length), c, c_length),
                  combine_crc64nvme(a, combine_crc64nvme(b, c, c_length), b_length + c_length));
    }
}

}  // namespace
}  // namespace slipway::hash
