// What the contract of ports::Store says of a staged blob whose room grows.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

#include "contract/store_contract.hpp"

namespace slipway::contract {
namespace {

constexpr std::size_t kPart = 100'000;

TEST_P(StoreContract, TakesPartsInTheRoomThatWasAdded) {
    ASSERT_TRUE(create(id(1), kPart));
    ASSERT_TRUE(put(id(1), 0, pattern(kPart, 1)));
    EXPECT_EQ(ending_of(open_part(id(1), kPart, 1)), Errc::invalid);
    ASSERT_TRUE(grow(id(1), 2 * kPart));
    EXPECT_EQ(staged().at(0).capacity, ByteCount(2 * kPart));
    EXPECT_EQ(ending_of(open_part(id(1), 2 * kPart, 1)), Errc::invalid);
    ASSERT_TRUE(put(id(1), kPart, pattern(kPart, 2)));
    ASSERT_TRUE(publish(id(1), 2 * kPart));
    const Bytes all = published(id(1)).value();
    ASSERT_EQ(all.size(), 2 * kPart);
    EXPECT_TRUE(std::ranges::equal(std::span(all).first(kPart), pattern(kPart, 1)));
    EXPECT_TRUE(std::ranges::equal(std::span(all).last(kPart), pattern(kPart, 2)));
}

TEST_P(StoreContract, GrowsFromNothing) {
    ASSERT_TRUE(create(id(1), 0));
    ASSERT_TRUE(grow(id(1), kPart));
    ASSERT_TRUE(put(id(1), 0, pattern(kPart, 1)));
    ASSERT_TRUE(publish(id(1), kPart));
    EXPECT_EQ(published(id(1)).value(), pattern(kPart, 1));
}

TEST_P(StoreContract, GrowingToLessChangesNothing) {
    ASSERT_TRUE(create(id(1), kPart));
    ASSERT_TRUE(put(id(1), 0, pattern(kPart, 1)));
    EXPECT_TRUE(grow(id(1), 0));
    EXPECT_TRUE(grow(id(1), kPart - 1));
    EXPECT_TRUE(grow(id(1), kPart));
    EXPECT_EQ(staged().at(0).capacity, ByteCount(kPart));
    ASSERT_TRUE(publish(id(1), kPart));
    EXPECT_EQ(published(id(1)).value(), pattern(kPart, 1));
}

TEST_P(StoreContract, ASinkGoesOnWhileTheRoomGrows) {
    ASSERT_TRUE(create(id(1), 10));
    auto sink = open_part(id(1), 0, 10);
    ASSERT_TRUE(sink);
    ASSERT_TRUE(write(**sink, pattern(4, 1)));
    ASSERT_TRUE(grow(id(1), kPart));
    ASSERT_TRUE(write(**sink, pattern(6, 2)));
    // The region is the one that was asked for.
    EXPECT_EQ(ending_of(write(**sink, pattern(1, 3))), Errc::invalid);
    EXPECT_TRUE(commit(**sink));
}

TEST_P(StoreContract, GrowsOnlyWhatIsStaged) {
    EXPECT_EQ(ending_of(grow(id(1), 10)), Errc::not_found);
    ASSERT_TRUE(create(id(1), 10));
    ASSERT_TRUE(publish(id(1), 10));
    EXPECT_EQ(ending_of(grow(id(1), 20)), Errc::not_found);
    EXPECT_EQ(published(id(1))->size(), 10U);
    ASSERT_TRUE(create(id(2), 10));
    ASSERT_TRUE(remove(id(2)));
    EXPECT_EQ(ending_of(grow(id(2), 20)), Errc::not_found);
    ASSERT_TRUE(create(id(3), 10));
    ASSERT_TRUE(trash(id(3), ports::BlobState::staged, 1000));
    EXPECT_EQ(ending_of(grow(id(3), 20)), Errc::not_found);
}

TEST_P(StoreContract, ABlobThatCannotGrowIsAsItWas) {
    ASSERT_TRUE(create(id(1), kPart));
    ASSERT_TRUE(put(id(1), 0, pattern(kPart, 1)));
    // Other users of the same disk free and take space meanwhile.
    const std::uint64_t space = free_space();
    EXPECT_EQ(ending_of(grow(id(1), space + space / 4 + (1U << 20U))), Errc::storage_full);
    EXPECT_EQ(ending_of(grow(id(1), ~std::uint64_t{0})), Errc::storage_full);
    EXPECT_EQ(staged().at(0).capacity, ByteCount(kPart));
    EXPECT_TRUE(grow(id(1), 2 * kPart));
    ASSERT_TRUE(publish(id(1), kPart));
    EXPECT_EQ(published(id(1)).value(), pattern(kPart, 1));
}

TEST_P(StoreContract, GivesBackTheRoomThatNoPartTook) {
    ASSERT_TRUE(create(id(1), 10));
    ASSERT_TRUE(put(id(1), 0, pattern(10, 1)));
    ASSERT_TRUE(grow(id(1), kPart));
    ASSERT_TRUE(publish(id(1), 10));
    EXPECT_EQ(published(id(1)).value(), pattern(10, 1));
}

TEST_P(StoreContract, GrowsForPartsInParallel) {
    constexpr std::size_t kParts = 16;
    ASSERT_TRUE(create(id(1), 0));
    std::array<bool, kParts> stored{};
    {
        std::vector<std::jthread> threads;
        for (std::size_t part = 0; part < kParts; ++part) {
            threads.emplace_back([&, part] {
                stored[part] = grow(id(1), (part + 1) * kPart) &&
                               put(id(1), part * kPart, pattern(kPart, part));
            });
        }
    }
    EXPECT_EQ(std::ranges::count(stored, true), std::ssize(stored));
    ASSERT_TRUE(publish(id(1), kParts * kPart));
    const Bytes all = published(id(1)).value();
    for (std::size_t part = 0; part < kParts; ++part) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(part * kPart);
        EXPECT_TRUE(std::ranges::equal(pattern(kPart, part), std::span(begin, kPart))) << part;
    }
}

}  // namespace
}  // namespace slipway::contract
