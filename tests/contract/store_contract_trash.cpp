// What the contract of ports::Store says of the trash, and of listing what is published.
#include <algorithm>
#include <vector>

#include "contract/store_contract.hpp"

namespace slipway::contract {
namespace {

using ports::BlobState;
using ports::TrashedBlob;

constexpr std::size_t kSize = 50'000;

TEST_P(StoreContract, ListsWhatIsPublishedInOrderAndInPages) {
    std::vector<UploadId> all;
    for (std::uint8_t n = 1; n <= 7; ++n) {
        ASSERT_TRUE(create(id(n), 10));
        ASSERT_TRUE(publish(id(n), 10));
        all.push_back(id(n));
    }
    ASSERT_TRUE(create(id(8), 10));
    std::ranges::sort(all);
    EXPECT_EQ(list_published(std::nullopt, 100), all);
    std::vector<UploadId> paged;
    for (auto page = list_published(std::nullopt, 3); !page.empty();
         page = list_published(paged.back(), 3)) {
        EXPECT_LE(page.size(), 3U);
        paged.insert(paged.end(), page.begin(), page.end());
    }
    EXPECT_EQ(paged, all);
    EXPECT_TRUE(list_published(all.back(), 3).empty());
}

TEST_P(StoreContract, WhatIsTrashedIsNotFoundAndItsIdIsFree) {
    ASSERT_TRUE(create(id(1), kSize));
    ASSERT_TRUE(create(id(2), kSize));
    ASSERT_TRUE(publish(id(2), kSize));
    ASSERT_TRUE(trash(id(1), BlobState::staged, 1000));
    ASSERT_TRUE(trash(id(2), BlobState::published, 2000));
    EXPECT_EQ(ending_of(open_staged(id(1))), Errc::not_found);
    EXPECT_EQ(ending_of(open_part(id(1), 0, 10)), Errc::not_found);
    EXPECT_EQ(ending_of(open_published(id(2))), Errc::not_found);
    EXPECT_EQ(ending_of(publish(id(2), kSize)), Errc::not_found);
    EXPECT_TRUE(staged().empty());
    EXPECT_TRUE(list_published(std::nullopt, 10).empty());
    const std::vector<TrashedBlob> expected{
        {.id = id(1), .was = BlobState::staged, .since = from_unix_millis(1000)},
        {.id = id(2), .was = BlobState::published, .since = from_unix_millis(2000)}};
    EXPECT_EQ(list_trash(), expected);
    EXPECT_TRUE(create(id(1), 10));
}

TEST_P(StoreContract, TrashingIsIdempotent) {
    EXPECT_TRUE(trash(id(1), BlobState::staged, 1000));
    EXPECT_TRUE(list_trash().empty());
    ASSERT_TRUE(create(id(1), 10));
    EXPECT_TRUE(trash(id(1), BlobState::staged, 1000));
    EXPECT_TRUE(trash(id(1), BlobState::staged, 2000));
    EXPECT_EQ(list_trash().size(), 1U);
}

// An orphan's leftover name must not take the file of the same id with it.
TEST_P(StoreContract, OnlyABlobInThatStateIsTrashed) {
    ASSERT_TRUE(create(id(1), 10));
    ASSERT_TRUE(trash(id(1), BlobState::published, 1000));
    EXPECT_EQ(staged().size(), 1U);
    ASSERT_TRUE(publish(id(1), 10));
    ASSERT_TRUE(trash(id(1), BlobState::staged, 1000));
    EXPECT_TRUE(open_published(id(1)));
    EXPECT_TRUE(list_trash().empty());
}

TEST_P(StoreContract, RestoresWhatWasTrashed) {
    const Bytes bytes = pattern(kSize, 1);
    for (std::uint8_t n = 1; n <= 2; ++n) {
        ASSERT_TRUE(create(id(n), kSize));
        ASSERT_TRUE(put(id(n), 0, bytes));
    }
    ASSERT_TRUE(publish(id(2), kSize));
    ASSERT_TRUE(trash(id(1), BlobState::staged, 1000));
    ASSERT_TRUE(trash(id(2), BlobState::published, 2000));
    for (const TrashedBlob& blob : list_trash()) {
        EXPECT_TRUE(restore(blob));
        EXPECT_EQ(ending_of(restore(blob)), Errc::not_found);
    }
    EXPECT_TRUE(list_trash().empty());
    EXPECT_EQ(published(id(2)).value(), bytes);
    EXPECT_TRUE(publish(id(1), kSize));
    EXPECT_EQ(published(id(1)).value(), bytes);
}

TEST_P(StoreContract, RestoringReplacesNothing) {
    ASSERT_TRUE(create(id(1), 10));
    ASSERT_TRUE(trash(id(1), BlobState::staged, 1000));
    ASSERT_TRUE(create(id(1), 20));
    EXPECT_EQ(ending_of(restore(list_trash().at(0))), Errc::conflict);
    EXPECT_EQ(staged().at(0).capacity, ByteCount(20));
    EXPECT_EQ(list_trash().size(), 1U);
}

TEST_P(StoreContract, WhatIsPurgedIsGoneAndAReaderKeepsItsBytes) {
    const Bytes bytes = pattern(kSize, 1);
    ASSERT_TRUE(create(id(1), kSize));
    ASSERT_TRUE(put(id(1), 0, bytes));
    ASSERT_TRUE(publish(id(1), kSize));
    auto reader = open_published(id(1));
    ASSERT_TRUE(reader);
    ASSERT_TRUE(trash(id(1), BlobState::published, 1000));
    const TrashedBlob blob = list_trash().at(0);
    EXPECT_TRUE(purge(blob));
    EXPECT_TRUE(purge(blob));
    EXPECT_TRUE(list_trash().empty());
    EXPECT_EQ(ending_of(restore(blob)), Errc::not_found);
    if (keeps_removed_bytes()) {
        EXPECT_EQ(read(**reader, 0, kSize).value(), bytes);
    } else {
        EXPECT_EQ(ending_of(read(**reader, 0, kSize)), Errc::not_found);
    }
}

}  // namespace
}  // namespace slipway::contract
