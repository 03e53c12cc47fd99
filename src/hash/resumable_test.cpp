#include "hash/resumable.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "hash/digester.hpp"

namespace slipway::hash {
namespace {

std::vector<std::byte> some_bytes(std::size_t size) {
    std::mt19937 random(20261123);
    std::vector<std::byte> bytes(size);
    for (std::byte& byte : bytes) {
        byte = static_cast<std::byte>(random());
    }
    return bytes;
}

Md5 md5_of(std::span<const std::byte> bytes) {
    Md5Hasher hasher;
    hasher.update(bytes);
    return hasher.finish();
}

TEST(ResumableDigests, AreThoseOfTheOtherHashersAtEverySize) {
    const auto bytes = some_bytes(400);
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const auto text = std::span(bytes).first(size);
        ResumableDigests digests;
        digests.update(text);
        EXPECT_EQ(digests.sha256(), sha256(text)) << size;
        EXPECT_EQ(digests.md5(), md5_of(text)) << size;
    }
}

TEST(ResumableDigests, DoNotDependOnThePieces) {
    const auto bytes = some_bytes(3000);
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        ResumableDigests digests;
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t piece = std::min<std::size_t>(random() % 200, bytes.size() - at);
            digests.update(std::span(bytes).subspan(at, piece));
            at += piece;
        }
        ASSERT_EQ(digests.size(), ByteCount(bytes.size()));
        ASSERT_EQ(digests.sha256(), sha256(bytes));
        ASSERT_EQ(digests.md5(), md5_of(bytes));
    }
}

TEST(ResumableDigests, GoOnFromWhatWasSaved) {
    const auto bytes = some_bytes(64 * 40 + 13);
    ResumableDigests digests;
    for (std::size_t block = 0; block < 40; ++block) {
        digests.update(std::span(bytes).subspan(block * 64, 64));
        auto restored = ResumableDigests::restore(digests.save().value());
        ASSERT_TRUE(restored);
        restored->update(std::span(bytes).subspan((block + 1) * 64));
        EXPECT_EQ(restored->size(), ByteCount(bytes.size()));
        EXPECT_EQ(restored->sha256(), sha256(bytes)) << block;
        EXPECT_EQ(restored->md5(), md5_of(bytes)) << block;
    }
}

TEST(ResumableDigests, CountPastFourGibibytesOfBits) {
    // 2^29 bytes are 2^32 bits: where the count goes over into its second word.
    const auto piece = some_bytes(1U << 20U);
    ResumableDigests digests;
    Sha256Hasher sha256;
    Md5Hasher md5;
    for (int i = 0; i < 513; ++i) {
        digests.update(piece);
        sha256.update(piece);
        md5.update(piece);
        if (i % 100 == 0) {
            digests = *ResumableDigests::restore(digests.save().value());
        }
    }
    EXPECT_EQ(digests.sha256(), sha256.finish());
    EXPECT_EQ(digests.md5(), md5.finish());
}

TEST(ResumableDigests, AreNotSavedWithinABlockNorRestoredFromOtherBytes) {
    ResumableDigests digests;
    const std::string saved = digests.save().value();
    digests.update(some_bytes(63));
    EXPECT_FALSE(digests.save());
    EXPECT_TRUE(ResumableDigests::restore(saved));
    EXPECT_FALSE(ResumableDigests::restore(""));
    EXPECT_FALSE(ResumableDigests::restore(saved + "x"));
    EXPECT_FALSE(ResumableDigests::restore(saved.substr(1)));
    EXPECT_FALSE(ResumableDigests::restore("\2" + saved.substr(1)));
    std::string odd = saved;
    odd[8] = 1;
    EXPECT_FALSE(ResumableDigests::restore(odd));
}

}  // namespace
}  // namespace slipway::hash
