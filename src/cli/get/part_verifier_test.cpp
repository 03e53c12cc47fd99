#include "cli/get/part_verifier.hpp"

#include <gtest/gtest.h>

#include "core/chain.hpp"

namespace slipway::cli {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

std::vector<StoredPart> parts_of(const std::vector<std::string_view>& contents) {
    std::vector<StoredPart> parts;
    for (const auto content : contents) {
        const auto number = static_cast<std::uint32_t>(parts.size() + 1);
        parts.push_back({number, content.size(), hash::sha256(bytes_of(content))});
    }
    return parts;
}

TEST(PartVerifier, TakesTheFileInAnyPieces) {
    const std::string_view all = "aaaabbbbcc";
    for (std::size_t piece = 1; piece <= all.size(); ++piece) {
        PartVerifier verifier(parts_of({"aaaa", "bbbb", "cc"}));
        for (std::size_t at = 0; at < all.size(); at += piece) {
            EXPECT_FALSE(verifier.complete());
            EXPECT_TRUE(verifier.add(bytes_of(all.substr(at, piece))));
        }
        EXPECT_TRUE(verifier.complete());
        EXPECT_EQ(verifier.position(), 10U);
        EXPECT_EQ(verifier.verified(), 10U);
    }
}

TEST(PartVerifier, AWrongPartIsFoundAtItsEnd) {
    PartVerifier verifier(parts_of({"aaaa", "bbbb", "cc"}));
    EXPECT_TRUE(verifier.add(bytes_of("aaaabX")));
    EXPECT_EQ(verifier.position(), 6U);
    EXPECT_EQ(verifier.verified(), 4U);
    EXPECT_FALSE(verifier.add(bytes_of("bbcc")));
    EXPECT_EQ(verifier.position(), 4U);
    EXPECT_TRUE(verifier.add(bytes_of("bbbbcc")));
    EXPECT_TRUE(verifier.complete());
}

TEST(PartVerifier, RewindForgetsTheBegunPart) {
    PartVerifier verifier(parts_of({"aaaa", "bbbb"}));
    EXPECT_TRUE(verifier.add(bytes_of("aaaaXX")));
    verifier.rewind();
    EXPECT_EQ(verifier.position(), 4U);
    EXPECT_TRUE(verifier.add(bytes_of("bbbb")));
    EXPECT_TRUE(verifier.complete());
}

TEST(PartVerifier, MoreThanThereShouldBe) {
    PartVerifier verifier(parts_of({"aa"}));
    EXPECT_FALSE(verifier.add(bytes_of("aab")));
    EXPECT_TRUE(verifier.complete());
}

TEST(PartVerifier, NothingIsCompleteAtOnce) {
    EXPECT_TRUE(PartVerifier({}).complete());
    PartVerifier empty_part(parts_of({""}));
    EXPECT_FALSE(empty_part.complete());
    EXPECT_TRUE(empty_part.add({}));
    EXPECT_TRUE(empty_part.complete());
}

TEST(PartTable, MustMakeUpItsChain) {
    PartTable table{"complete", 4, 2, 6, {}, parts_of({"aaaa", "bb"})};
    core::Chain chain(hash::sha256);
    chain.add(table.parts[0].sha256);
    chain.add(table.parts[1].sha256);
    table.chain = chain.value();
    EXPECT_TRUE(is_consistent(table));
    auto wrong = table;
    wrong.size = 7;
    EXPECT_FALSE(is_consistent(wrong));
    wrong = table;
    wrong.parts[1].number = 3;
    EXPECT_FALSE(is_consistent(wrong));
    wrong = table;
    wrong.parts[1].sha256 = wrong.parts[0].sha256;
    EXPECT_FALSE(is_consistent(wrong));
}

}  // namespace
}  // namespace slipway::cli
