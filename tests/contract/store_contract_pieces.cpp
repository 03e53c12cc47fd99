// What the contract of ports::Store says of blobs that come in parts of one size.
#include <algorithm>

#include "contract/store_contract.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::contract {

void StoreParts::create_blob(UploadId id) {
    ASSERT_TRUE(create(id, {.capacity = ByteCount(kSize), .part_size = ByteCount(kPart)}));
}

Bytes StoreParts::part(std::uint32_t number, std::uint64_t seed) {
    return pattern(number == 3 ? kLast : kPart, seed);
}

Result<> StoreParts::put_part(UploadId id, std::uint32_t number, std::uint64_t seed) {
    const auto receipt = put_for_receipt(id, (number - 1) * kPart, part(number, seed));
    if (!receipt) {
        return std::unexpected(receipt.error());
    }
    receipts_[number] = *receipt;
    return {};
}

ports::Content StoreParts::content() const {
    ports::Content content{.size = ByteCount(kSize)};
    for (const auto& [number, receipt] : receipts_) {
        const ByteCount size(number == 3 ? kLast : kPart);
        content.pieces.push_back({PartNumber(number), size, receipt});
    }
    return content;
}

namespace {

bool is_note(const std::string& text) {
    return text.size() <= ports::kMaxStoreNote &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

TEST_P(StoreParts, PublishesThemInTheirOrder) {
    create_blob(id(1));
    ASSERT_TRUE(put_part(id(1), 3, 3));
    ASSERT_TRUE(put_part(id(1), 1, 1));
    ASSERT_TRUE(put_part(id(1), 2, 2));
    ASSERT_TRUE(publish(id(1), content()));
    Bytes whole = part(1, 1);
    for (const std::uint32_t number : {2U, 3U}) {
        const Bytes next = part(number, number);
        whole.insert(whole.end(), next.begin(), next.end());
    }
    EXPECT_TRUE(published(id(1)).value() == whole);
    EXPECT_TRUE(staged().empty());
}

TEST_P(StoreParts, PublishesAgainWhatIsPublished) {
    create_blob(id(1));
    for (const std::uint32_t number : {1U, 2U, 3U}) {
        ASSERT_TRUE(put_part(id(1), number, number));
    }
    ASSERT_TRUE(publish(id(1), content()));
    EXPECT_TRUE(publish(id(1), content()));
    auto other = content();
    other.size = ByteCount(kSize - 1);
    EXPECT_EQ(ending_of(publish(id(1), other)), Errc::conflict);
    EXPECT_TRUE(published(id(1)).value().size() == kSize);
}

TEST_P(StoreParts, ABlobOfOnePartMayHaveLessThanThat) {
    const Bytes little = pattern(kLast, 1);
    ASSERT_TRUE(create(id(1), {.capacity = ByteCount(kLast), .part_size = ByteCount(kPart)}));
    const auto receipt = put_for_receipt(id(1), 0, little);
    ASSERT_TRUE(receipt);
    ASSERT_TRUE(publish(id(1), {.size = ByteCount(kLast),
                                .pieces = {{PartNumber(1), ByteCount(kLast), *receipt}}}));
    EXPECT_EQ(published(id(1)).value(), little);
}

TEST_P(StoreParts, ABlobMayHaveNone) {
    ASSERT_TRUE(create(id(1), {.capacity = ByteCount(0), .part_size = ByteCount(kPart)}));
    ASSERT_TRUE(publish(id(1), ports::Content{}));
    EXPECT_TRUE(published(id(1)).value().empty());
}

TEST_P(StoreParts, ItsNotesAreShortAndPrintable) {
    create_blob(id(1));
    ASSERT_TRUE(put_part(id(1), 3, 3));
    EXPECT_TRUE(is_note(ref(id(1)).placement));
    EXPECT_TRUE(is_note(receipts_[3]));
}

TEST_P(StoreParts, WhatIsNotCommittedTakesNothingFromWhatIs) {
    create_blob(id(1));
    for (const std::uint32_t number : {1U, 2U, 3U}) {
        ASSERT_TRUE(put_part(id(1), number, number));
    }
    if (store().needs_pieces()) {
        auto abandoned = open_part(id(1), 0, kPart);
        ASSERT_TRUE(abandoned);
        ASSERT_TRUE(write(**abandoned, part(1, 9)));
    }
    ASSERT_TRUE(publish(id(1), content()));
    EXPECT_TRUE(published(id(1)).value().front() == part(1, 1).front());
}

TEST_P(StoreReceipts, ItNeedsThem) {
    EXPECT_TRUE(store().needs_pieces());
    create_blob(id(1));
    ASSERT_TRUE(put_part(id(1), 1, 1));
    EXPECT_FALSE(ref(id(1)).placement.empty());
    EXPECT_FALSE(receipts_[1].empty());
}

TEST_P(StoreReceipts, PublishesWhatWasAcknowledgedOrNothingWhereAPartCameAgain) {
    create_blob(id(1));
    for (const std::uint32_t number : {1U, 2U, 3U}) {
        ASSERT_TRUE(put_part(id(1), number, number));
    }
    const auto acknowledged = content();
    ASSERT_TRUE(put_part(id(1), 2, 9));
    if (store().composes(ref(id(1)).placement)) {
        ASSERT_TRUE(publish(id(1), acknowledged));
        const Bytes whole = published(id(1)).value();
        EXPECT_TRUE(std::ranges::equal(std::span(whole).subspan(kPart, kPart), part(2, 2)));
        return;
    }
    EXPECT_EQ(ending_of(publish(id(1), acknowledged)), Errc::corrupted);
    EXPECT_EQ(ending_of(published(id(1))), Errc::not_found);
    EXPECT_TRUE(publish(id(1), content()));
}

TEST_P(StoreReceipts, WhatLiesAsideIsHarmedByNobodyWhoWritesToThePlaceOfThePart) {
    create_blob(id(1));
    for (const std::uint32_t number : {1U, 3U}) {
        ASSERT_TRUE(put_part(id(1), number, number));
    }
    const ports::PartRegion region{ByteOffset(kPart), ByteCount(kPart)};
    auto aside = runtime::run_blocking(store().open_part_aside(ref(id(1)), region));
    if (!store().has_common_places(ref(id(1)).placement)) {
        EXPECT_EQ(ending_of(aside), Errc::unsupported);
        return;
    }
    ASSERT_TRUE(aside);
    ASSERT_TRUE(write(**aside, part(2, 2)));
    const auto receipt = commit(**aside);
    ASSERT_TRUE(receipt);
    EXPECT_TRUE(is_note(*receipt));
    ASSERT_TRUE(put_part(id(1), 2, 9));
    receipts_[2] = *receipt;
    ASSERT_TRUE(publish(id(1), content()));
    const Bytes whole = published(id(1)).value();
    EXPECT_TRUE(std::ranges::equal(std::span(whole).subspan(kPart, kPart), part(2, 2)));
    EXPECT_TRUE(publish(id(1), content())) << "the same again, as after a crash";
}

TEST_P(StoreReceipts, PublishesNothingWherePartsAreMissing) {
    create_blob(id(1));
    for (const std::uint32_t number : {1U, 3U}) {
        ASSERT_TRUE(put_part(id(1), number, number));
    }
    auto wanted = content();
    wanted.pieces.insert(wanted.pieces.begin() + 1,
                         {PartNumber(2), ByteCount(kPart), receipts_[1]});
    EXPECT_EQ(ending_of(publish(id(1), wanted)), Errc::corrupted);
    EXPECT_EQ(ending_of(published(id(1))), Errc::not_found);
}

TEST_P(StoreReceipts, MakesABlobOfSomeOfThePartsToReadThemBack) {
    create_blob(id(1));
    for (const std::uint32_t number : {1U, 2U, 3U}) {
        ASSERT_TRUE(put_part(id(1), number, number));
    }
    auto some = content();
    some.size = ByteCount(kPart + kLast);
    some.pieces.erase(some.pieces.begin());
    ASSERT_TRUE(publish(id(1), some));
    Bytes both = part(2, 2);
    const Bytes last = part(3, 3);
    both.insert(both.end(), last.begin(), last.end());
    EXPECT_TRUE(published(id(1)).value() == both);
    EXPECT_TRUE(publish(id(1), some)) << "the same again, as after a crash";
    EXPECT_EQ(ending_of(publish(id(1), content())), Errc::conflict)
        << "it is not taken for the file";
    ASSERT_TRUE(remove(id(1)));
    EXPECT_EQ(ending_of(published(id(1))), Errc::not_found);
}

TEST_P(StoreReceipts, TakesNoPlacementThatIsNone) {
    create_blob(id(1));
    ports::BlobRef wrong = ref(id(1));
    wrong.placement = "!";
    const ports::PartRegion region{ByteOffset(0), ByteCount(kPart)};
    EXPECT_EQ(ending_of(runtime::run_blocking(store().open_part(wrong, region))), Errc::invalid);
}

TEST_P(StoreReceipts, TakesNoRegionThatIsNoPart) {
    create_blob(id(1));
    EXPECT_EQ(ending_of(open_part(id(1), 1, kPart)), Errc::invalid);
    EXPECT_EQ(ending_of(open_part(id(1), 0, kPart + 1)), Errc::invalid);
}

TEST_P(StoreReceipts, ReadsThePiecesOfABlobThatItComposes) {
    create_blob(id(1));
    for (const std::uint32_t number : {1U, 2U, 3U}) {
        ASSERT_TRUE(put_part(id(1), number, number));
    }
    auto pieces = content().pieces;
    std::swap(pieces[0], pieces[2]);
    pieces.pop_back();
    const auto reader = runtime::run_blocking(store().open_pieces(ref(id(1)), pieces));
    if (!store().composes(ref(id(1)).placement)) {
        EXPECT_EQ(ending_of(reader), Errc::unsupported);
        return;
    }
    ASSERT_TRUE(reader);
    EXPECT_EQ((*reader)->size(), ByteCount(kLast + kPart));
    EXPECT_TRUE(read(**reader, kLast, kPart).value() == part(2, 2));
    EXPECT_TRUE(read(**reader, 0, kLast).value() == part(3, 3));
    EXPECT_TRUE(publish(id(1), content())) << "it was only read";
}

TEST_P(StoreReceipts, ListsThePiecesOfABlobThatItComposes) {
    create_blob(id(1));
    create_blob(id(2));
    ASSERT_TRUE(put_part(id(2), 1, 5));
    std::vector<ports::FoundPiece> wanted;
    for (const std::uint32_t number : {3U, 1U, 1U}) {
        ASSERT_TRUE(put_part(id(1), number, number));
        wanted.push_back({ByteOffset((number - 1) * kPart), ByteCount(number == 3 ? kLast : kPart),
                          receipts_[number]});
    }
    auto found = runtime::run_blocking(store().list_pieces(ref(id(1))));
    if (!store().composes(ref(id(1)).placement)) {
        EXPECT_EQ(ending_of(found), Errc::unsupported);
        return;
    }
    ASSERT_TRUE(found);
    std::ranges::sort(*found, {}, &ports::FoundPiece::receipt);
    std::ranges::sort(wanted, {}, &ports::FoundPiece::receipt);
    EXPECT_TRUE(*found == wanted) << "of each attempt, and of no other blob";
}

TEST_P(StoreReceipts, StagedBytesAreReadOnlyWhereItWasAnnounced) {
    create_blob(id(1));
    if (store().composes(ref(id(1)).placement)) {
        ASSERT_TRUE(put_part(id(1), 1, 1));
    }
    EXPECT_EQ(ending_of(open_staged(id(1))), Errc::unsupported);
    EXPECT_EQ(ending_of(create_draft({id(1), 1}, 1)), Errc::unsupported);
    ASSERT_TRUE(create(
        id(2), {.capacity = ByteCount(kSize), .part_size = ByteCount(kPart), .read_staged = true}));
    EXPECT_TRUE(store().composes(ref(id(2)).placement) || open_staged(id(2)));
}

}  // namespace
}  // namespace slipway::contract
