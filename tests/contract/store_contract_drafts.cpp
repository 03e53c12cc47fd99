// What the contract of ports::Store says of drafts: the extents of a staged blob, copied into order
// beside it, and published in its place.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "contract/store_contract.hpp"

namespace slipway::contract {
namespace {

using ports::DraftName;
using ports::PartRegion;

constexpr std::size_t kFirst = 70'001;
constexpr std::size_t kSecond = 30'000;
constexpr std::size_t kWhole = kFirst + kSecond;
// The second extent lies before the first, with a hole between them.
constexpr std::size_t kFirstAt = 40'960;
constexpr std::size_t kCapacity = kFirstAt + kFirst;

PartRegion region(std::uint64_t offset, std::uint64_t length) {
    return {ByteOffset(offset), ByteCount(length)};
}

Bytes whole() {
    Bytes bytes = pattern(kFirst, 1);
    const Bytes second = pattern(kSecond, 2);
    bytes.insert(bytes.end(), second.begin(), second.end());
    return bytes;
}

}  // namespace

void StoreDrafts::stage(UploadId id) {
    ASSERT_TRUE(create(id, kCapacity));
    ASSERT_TRUE(put(id, 0, pattern(kSecond, 2)));
    ASSERT_TRUE(put(id, kFirstAt, pattern(kFirst, 1)));
}

void StoreDrafts::assemble(DraftName name) {
    auto draft = create_draft(name, kWhole);
    ASSERT_TRUE(draft);
    ASSERT_TRUE(copy(**draft, region(kFirstAt, kFirst), 0));
    ASSERT_TRUE(copy(**draft, region(0, kSecond), kFirst));
    ASSERT_TRUE(sync(**draft));
}

namespace {

TEST_P(StoreDrafts, BringsExtentsIntoTheirOrder) {
    stage(id(1));
    const DraftName name{id(1), 7};
    assemble(name);
    EXPECT_EQ(ending_of(open_published(id(1))), Errc::not_found);
    ASSERT_TRUE(publish_draft(name, kWhole));
    EXPECT_EQ(published(id(1)).value(), whole());
    // What it was copied from is there until it is removed.
    EXPECT_TRUE(open_staged(id(1)));
    EXPECT_TRUE(drafts().empty());
    ASSERT_TRUE(remove_staged(id(1)));
    EXPECT_EQ(ending_of(open_staged(id(1))), Errc::not_found);
    EXPECT_EQ(published(id(1)).value(), whole());
}

TEST_P(StoreDrafts, GoesOnWithADraftThatWasBegun) {
    stage(id(1));
    const DraftName name{id(1), 7};
    {
        auto draft = create_draft(name, kWhole);
        ASSERT_TRUE(draft);
        ASSERT_TRUE(copy(**draft, region(kFirstAt, kFirst), 0));
        ASSERT_TRUE(sync(**draft));
    }
    auto draft = open_draft(name, kWhole);
    ASSERT_TRUE(draft);
    ASSERT_TRUE(copy(**draft, region(0, kSecond), kFirst));
    // Again, as after a crash before a checkpoint.
    ASSERT_TRUE(copy(**draft, region(0, 100), kFirst));
    ASSERT_TRUE(sync(**draft));
    ASSERT_TRUE(publish_draft(name, kWhole));
    EXPECT_EQ(published(id(1)).value(), whole());
}

TEST_P(StoreDrafts, PublishingADraftIsIdempotent) {
    stage(id(1));
    const DraftName name{id(1), 7};
    assemble(name);
    ASSERT_TRUE(publish_draft(name, kWhole));
    EXPECT_TRUE(publish_draft(name, kWhole));
    // Whoever assembled the same bytes a second time comes too late, and does not need to know.
    const DraftName other{id(1), 8};
    assemble(other);
    EXPECT_TRUE(publish_draft(other, kWhole));
    EXPECT_EQ(published(id(1)).value(), whole());
    EXPECT_EQ(ending_of(publish_draft(other, kWhole - 1)), Errc::conflict);
}

TEST_P(StoreDrafts, PublishesOnlyADraftOfThatSize) {
    stage(id(1));
    const DraftName name{id(1), 7};
    EXPECT_EQ(ending_of(publish_draft(name, kWhole)), Errc::not_found);
    assemble(name);
    EXPECT_EQ(ending_of(publish_draft(name, kWhole - 1)), Errc::not_found);
    EXPECT_EQ(ending_of(publish_draft({id(1), 8}, kWhole)), Errc::not_found);
    EXPECT_EQ(ending_of(publish_draft({id(2), 7}, kWhole)), Errc::not_found);
    EXPECT_EQ(ending_of(open_published(id(1))), Errc::not_found);
}

TEST_P(StoreDrafts, ADraftIsCreatedOnceAndForABlobThatIsThere) {
    EXPECT_EQ(ending_of(create_draft({id(1), 7}, 10)), Errc::not_found);
    stage(id(1));
    ASSERT_TRUE(create_draft({id(1), 7}, 10));
    EXPECT_EQ(ending_of(create_draft({id(1), 7}, 10)), Errc::conflict);
    EXPECT_TRUE(create_draft({id(1), 8}, 20));
    EXPECT_EQ(ending_of(open_draft({id(1), 7}, 11)), Errc::not_found);
    EXPECT_EQ(ending_of(open_draft({id(1), 9}, 10)), Errc::not_found);
    EXPECT_TRUE(open_draft({id(1), 7}, 10));
    ASSERT_TRUE(publish(id(1), kCapacity));
    EXPECT_EQ(ending_of(create_draft({id(1), 10}, 10)), Errc::not_found);
    EXPECT_EQ(ending_of(open_draft({id(1), 7}, 10)), Errc::not_found);
}

TEST_P(StoreDrafts, CopiesNothingThatLiesOutside) {
    stage(id(1));
    auto draft = create_draft({id(1), 7}, 100);
    ASSERT_TRUE(draft);
    EXPECT_EQ(ending_of(copy(**draft, region(0, 101), 0)), Errc::invalid);
    EXPECT_EQ(ending_of(copy(**draft, region(0, 1), 100)), Errc::invalid);
    EXPECT_EQ(ending_of(copy(**draft, region(0, 1), ~std::uint64_t{0})), Errc::invalid);
    EXPECT_EQ(ending_of(copy(**draft, region(kCapacity, 1), 0)), Errc::invalid);
    EXPECT_EQ(ending_of(copy(**draft, region(10, ~std::uint64_t{0}), 0)), Errc::invalid);
    EXPECT_TRUE(copy(**draft, region(kCapacity, 0), 100));
    EXPECT_TRUE(copy(**draft, region(0, 100), 0));
}

TEST_P(StoreDrafts, ListsAndDiscardsDrafts) {
    stage(id(1));
    stage(id(2));
    EXPECT_TRUE(drafts().empty());
    for (const DraftName& name :
         {DraftName{id(1), 1}, DraftName{id(1), ~std::uint64_t{0}}, DraftName{id(2), 1}}) {
        ASSERT_TRUE(create_draft(name, 10));
    }
    EXPECT_EQ(drafts(),
              (std::vector<DraftName>{{id(1), 1}, {id(1), ~std::uint64_t{0}}, {id(2), 1}}));
    EXPECT_EQ(staged().size(), 2U);
    EXPECT_TRUE(discard_drafts(id(1)));
    EXPECT_TRUE(discard_drafts(id(1)));
    EXPECT_EQ(drafts(), (std::vector<DraftName>{{id(2), 1}}));
    EXPECT_TRUE(remove(id(2)));
    EXPECT_TRUE(drafts().empty());
    EXPECT_EQ(staged().size(), 1U);
}

TEST_P(StoreDrafts, WhatIsDiscardedIsNotPublishedAnyMore) {
    stage(id(1));
    const DraftName name{id(1), 7};
    auto draft = create_draft(name, kWhole);
    ASSERT_TRUE(draft);
    ASSERT_TRUE(discard_drafts(id(1)));
    ASSERT_TRUE(copy(**draft, region(kFirstAt, kFirst), 0));
    EXPECT_TRUE(sync(**draft));
    EXPECT_EQ(ending_of(publish_draft(name, kWhole)), Errc::not_found);
}

TEST_P(StoreDrafts, RemovingWhatIsStagedIsIdempotentAndLeavesWhatIsPublished) {
    EXPECT_TRUE(remove_staged(id(1)));
    stage(id(1));
    auto late = open_part(id(1), 0, 10);
    ASSERT_TRUE(late);
    ASSERT_TRUE(create_draft({id(1), 7}, 10));
    EXPECT_TRUE(remove_staged(id(1)));
    EXPECT_TRUE(remove_staged(id(1)));
    EXPECT_EQ(ending_of(write(**late, pattern(10, 1))), Errc::not_found);
    EXPECT_TRUE(staged().empty());
    EXPECT_TRUE(drafts().empty());
    ASSERT_TRUE(create(id(2), 10));
    ASSERT_TRUE(publish(id(2), 10));
    EXPECT_TRUE(remove_staged(id(2)));
    EXPECT_TRUE(open_published(id(2)));
}

TEST_P(StoreDrafts, RemovingABlobRemovesBothOfIt) {
    stage(id(1));
    assemble({id(1), 7});
    ASSERT_TRUE(publish_draft({id(1), 7}, kWhole));
    ASSERT_TRUE(remove(id(1)));
    EXPECT_TRUE(staged().empty());
    EXPECT_EQ(ending_of(open_published(id(1))), Errc::not_found);
}

TEST_P(StoreDrafts, ADraftNeedsRoomToo) {
    stage(id(1));
    const std::uint64_t space = free_space();
    EXPECT_EQ(ending_of(create_draft({id(1), 7}, space + space / 4 + (1U << 20U))),
              Errc::storage_full);
    EXPECT_TRUE(drafts().empty());
    EXPECT_TRUE(create_draft({id(1), 7}, 10));
}

TEST_P(StoreDrafts, AnEmptyDraftIsPublished) {
    ASSERT_TRUE(create(id(1), 0));
    auto draft = create_draft({id(1), 7}, 0);
    ASSERT_TRUE(draft);
    ASSERT_TRUE(sync(**draft));
    ASSERT_TRUE(publish_draft({id(1), 7}, 0));
    EXPECT_EQ(published(id(1)).value(), Bytes{});
}

}  // namespace
}  // namespace slipway::contract
