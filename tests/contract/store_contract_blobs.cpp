// What the contract of ports::Store says of whole blobs: created, published, removed, listed.
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

TEST_P(StoreContract, TakesBlobsInParallel) {
    constexpr std::uint8_t kBlobs = 12;
    std::array<bool, kBlobs> whole{};
    {
        std::vector<std::jthread> threads;
        for (std::uint8_t n = 0; n < kBlobs; ++n) {
            threads.emplace_back([&, n] {
                const Bytes bytes = pattern(kPart, n);
                whole[n] = create(id(n), kPart) && put(id(n), 0, bytes) && publish(id(n), kPart) &&
                           published(id(n)) == bytes;
            });
        }
    }
    for (std::uint8_t n = 0; n < kBlobs; ++n) {
        EXPECT_TRUE(whole[n]) << int{n};
    }
}

TEST_P(StoreContract, CreatesABlobOnce) {
    ASSERT_TRUE(create(id(1), 10));
    EXPECT_EQ(ending_of(create(id(1), 10)), Errc::conflict);
    ASSERT_TRUE(put(id(1), 0, pattern(10, 1)));
    ASSERT_TRUE(publish(id(1), 10));
    EXPECT_EQ(ending_of(create(id(1), 10)), Errc::conflict);
    EXPECT_EQ(published(id(1)).value(), pattern(10, 1));
    ASSERT_TRUE(remove(id(1)));
    EXPECT_TRUE(create(id(1), 20));
}

TEST_P(StoreContract, OneOfManyCreatesSucceeds) {
    std::array<Ending, 8> outcomes;
    {
        std::vector<std::jthread> threads;
        for (auto& outcome : outcomes) {
            threads.emplace_back([&] { outcome = ending_of(create(id(1), 10)); });
        }
    }
    EXPECT_EQ(std::ranges::count(outcomes, kDone), 1);
    EXPECT_EQ(std::ranges::count(outcomes, Ending(Errc::conflict)), 7);
}

TEST_P(StoreContract, RefusesWhatHasNoRoomBeforeAnyByteComes) {
    // Other users of the same disk free and take space meanwhile.
    const std::uint64_t space = free_space();
    EXPECT_EQ(ending_of(create(id(1), space + space / 4 + (1U << 20U))), Errc::storage_full);
    EXPECT_EQ(ending_of(create(id(1), ~std::uint64_t{0})), Errc::storage_full);
    EXPECT_TRUE(staged().empty());
    EXPECT_TRUE(create(id(1), 10));
}

// Others use the same disk: what they free or take meanwhile can hide a reservation once, not every
// time.
TEST_P(StoreContract, ReservesTheCapacity) {
    constexpr std::uint8_t kAttempts = 10;
    bool seen = false;
    for (std::uint8_t attempt = 1; attempt <= kAttempts && !seen; ++attempt) {
        const std::uint64_t before = free_space();
        const std::uint64_t large = std::min<std::uint64_t>(before / 4, 512U << 20U);
        ASSERT_TRUE(create(id(attempt), large));
        const bool taken = free_space() < before - large / 2;
        ASSERT_TRUE(publish(id(attempt), 100));
        seen = taken && free_space() > before - large / 2;
    }
    EXPECT_TRUE(seen);
}

TEST_P(StoreContract, PublishingIsIdempotent) {
    ASSERT_TRUE(create(id(1), 10));
    ASSERT_TRUE(put(id(1), 0, pattern(10, 1)));
    EXPECT_TRUE(publish(id(1), 10));
    EXPECT_TRUE(publish(id(1), 10));
    EXPECT_EQ(ending_of(publish(id(1), 9)), Errc::conflict);
    EXPECT_EQ(ending_of(publish(id(1), 11)), Errc::conflict);
    EXPECT_EQ(published(id(1)).value(), pattern(10, 1));
}

TEST_P(StoreContract, PublishesInParallelOnce) {
    ASSERT_TRUE(create(id(1), 10));
    ASSERT_TRUE(put(id(1), 0, pattern(10, 1)));
    std::array<Ending, 8> outcomes;
    {
        std::vector<std::jthread> threads;
        for (auto& outcome : outcomes) {
            threads.emplace_back([&] { outcome = ending_of(publish(id(1), 10)); });
        }
    }
    EXPECT_EQ(std::ranges::count(outcomes, kDone), 8);
}

TEST_P(StoreContract, CutsABlobToItsPublishedSize) {
    ASSERT_TRUE(create(id(1), 3 * kPart));
    ASSERT_TRUE(put(id(1), 0, pattern(kPart, 1)));
    ASSERT_TRUE(put(id(1), kPart, pattern(kPart, 2)));
    ASSERT_TRUE(publish(id(1), kPart + 1));
    const Bytes all = published(id(1)).value();
    ASSERT_EQ(all.size(), kPart + 1);
    EXPECT_TRUE(std::ranges::equal(std::span(all).first(kPart), pattern(kPart, 1)));
    EXPECT_EQ(all.back(), pattern(1, 2).front());
}

TEST_P(StoreContract, DoesNotPublishMoreThanTheCapacity) {
    ASSERT_TRUE(create(id(1), 10));
    EXPECT_EQ(ending_of(publish(id(1), 11)), Errc::invalid);
    // Nothing has changed: parts are still taken.
    EXPECT_TRUE(put(id(1), 0, pattern(10, 1)));
    EXPECT_TRUE(publish(id(1), 10));
}

TEST_P(StoreContract, PublishesAnEmptyBlob) {
    ASSERT_TRUE(create(id(1), 0));
    ASSERT_EQ(staged().size(), 1U);
    ASSERT_TRUE(put(id(1), 0, {}));
    ASSERT_TRUE(publish(id(1), 0));
    EXPECT_TRUE(publish(id(1), 0));
    EXPECT_EQ(published(id(1)).value(), Bytes{});
}

TEST_P(StoreContract, RemovingIsIdempotent) {
    EXPECT_TRUE(remove(id(1)));
    ASSERT_TRUE(create(id(1), 10));
    ASSERT_TRUE(create(id(2), 10));
    ASSERT_TRUE(publish(id(2), 10));
    ASSERT_TRUE(create(id(3), 10));
    for (std::uint8_t n = 1; n <= 2; ++n) {
        EXPECT_TRUE(remove(id(n)));
        EXPECT_TRUE(remove(id(n)));
        EXPECT_EQ(ending_of(open_staged(id(n))), Errc::not_found);
        EXPECT_EQ(ending_of(open_published(id(n))), Errc::not_found);
        EXPECT_EQ(ending_of(publish(id(n), 10)), Errc::not_found);
    }
    EXPECT_EQ(staged().size(), 1U);
}

TEST_P(StoreContract, AnOpenReaderKeepsItsBytes) {
    const Bytes bytes = pattern(kPart, 1);
    ASSERT_TRUE(create(id(1), kPart));
    ASSERT_TRUE(put(id(1), 0, bytes));
    auto before = open_staged(id(1));
    ASSERT_TRUE(before);
    ASSERT_TRUE(publish(id(1), kPart));
    auto after = open_published(id(1));
    ASSERT_TRUE(after);
    ASSERT_TRUE(remove(id(1)));
    EXPECT_EQ(read(**before, 0, kPart).value(), bytes);
    if (keeps_removed_bytes()) {
        EXPECT_EQ(read(**after, 0, kPart).value(), bytes);
    } else {
        EXPECT_EQ(ending_of(read(**after, 0, kPart)), Errc::not_found);
    }
}

TEST_P(StoreContract, ListsWhatIsStaged) {
    EXPECT_TRUE(staged().empty());
    ASSERT_TRUE(create(id(1), 10));
    ASSERT_TRUE(create(id(2), 0));
    ASSERT_TRUE(create(id(3), 30));
    ASSERT_TRUE(create(id(4), 40));
    ASSERT_TRUE(publish(id(3), 30));
    ASSERT_TRUE(remove(id(4)));
    const auto blobs = staged();
    ASSERT_EQ(blobs.size(), 2U);
    EXPECT_EQ(blobs[0].id, id(1));
    EXPECT_EQ(blobs[0].capacity, ByteCount(10));
    EXPECT_EQ(blobs[1].id, id(2));
    EXPECT_EQ(blobs[1].capacity, ByteCount(0));
}

TEST_P(StoreContract, KnowsNoBlobThatWasNotCreated) {
    EXPECT_EQ(ending_of(open_part(id(1), 0, 0)), Errc::not_found);
    EXPECT_EQ(ending_of(publish(id(1), 0)), Errc::not_found);
    EXPECT_EQ(ending_of(open_staged(id(1))), Errc::not_found);
    EXPECT_EQ(ending_of(open_published(id(1))), Errc::not_found);
    ASSERT_TRUE(create(id(1), 0));
    EXPECT_EQ(ending_of(open_published(id(1))), Errc::not_found);
    ASSERT_TRUE(publish(id(1), 0));
    EXPECT_EQ(ending_of(open_staged(id(1))), Errc::not_found);
    EXPECT_TRUE(open_published(id(1)));
}

TEST_P(StoreContract, HasAName) {
    EXPECT_FALSE(store().name().empty());
}

}  // namespace
}  // namespace slipway::contract
