// The outbox of the catalog's contract: an event is there exactly when the change that it tells of
// is.
#include "contract/catalog_contract.hpp"

namespace slipway::contract {
namespace {

using core::UploadState;

std::vector<core::Event> events_in(ports::Catalog& catalog, std::size_t limit = 100) {
    const auto entries = run(catalog.list_events(limit));
    EXPECT_TRUE(succeeds(entries));
    std::vector<core::Event> events;
    for (const core::OutboxEntry& entry : *entries) {
        events.push_back(entry.event);
    }
    return events;
}

TEST_P(CatalogContract, HasNoEventsWhereNoneWereHandedIn) {
    const auto upload = advance(create(1), UploadState::completing);
    complete(upload);
    EXPECT_TRUE(succeeds(run(catalog().remove_file(upload.id))));
    EXPECT_TRUE(events_in(catalog()).empty());
    EXPECT_EQ(catalog().events_waiting(), 0U);
}

TEST_P(CatalogContract, KeepsTheEventOfEveryChangeInTheOrderOfCommits) {
    const auto upload = upload_of(1);
    EXPECT_TRUE(succeeds(run(catalog().create_upload(upload, event_of(1)))));
    const auto completing = advanced(upload, UploadState::completing);
    EXPECT_TRUE(succeeds(run(catalog().advance_upload(upload.epoch, completing, event_of(2)))));
    const auto complete = advanced(completing, UploadState::complete);
    EXPECT_TRUE(succeeds(run(
        catalog().complete_upload(completing.epoch, complete, file_of(complete), event_of(3)))));
    EXPECT_TRUE(succeeds(run(catalog().remove_file(upload.id, event_of(4)))));
    EXPECT_EQ(events_in(catalog()),
              (std::vector{event_of(1), event_of(2), event_of(3), event_of(4)}));
    EXPECT_EQ(catalog().events_waiting(), 4U);
}

TEST_P(CatalogContract, KeepsNoEventOfAChangeThatWasRefused) {
    const auto upload = create(1);
    EXPECT_FALSE(run(catalog().create_upload(upload, event_of(1))));
    const auto next = advanced(upload, UploadState::completing);
    EXPECT_FALSE(run(catalog().advance_upload(upload.epoch + 1, next, event_of(2))));
    EXPECT_FALSE(run(catalog().advance_upload(upload.epoch, upload, event_of(3))));
    const auto done = advanced(upload, UploadState::complete);
    EXPECT_FALSE(
        run(catalog().complete_upload(upload.epoch + 1, done, file_of(done), event_of(4))));
    EXPECT_FALSE(run(catalog().remove_file(upload.id, event_of(5))));
    EXPECT_TRUE(events_in(catalog()).empty());
}

TEST_P(CatalogContract, KeepsTheEventOfAFilesExpiryWhereItExpired) {
    core::File file = file_of(upload_of(1));
    const WallTime expiry = file.completed_at + std::chrono::hours(1);
    file.expires_at = expiry;
    ASSERT_TRUE(run(catalog().create_files({{file, {}}})));
    const WallTime before = expiry - std::chrono::milliseconds(1);
    EXPECT_FALSE(run(catalog().remove_expired_file(file.id, before, event_of(1))));
    EXPECT_TRUE(events_in(catalog()).empty());
    EXPECT_TRUE(succeeds(run(catalog().remove_expired_file(file.id, expiry, event_of(1)))));
    EXPECT_FALSE(run(catalog().remove_expired_file(file.id, expiry, event_of(1))));
    EXPECT_EQ(events_in(catalog()), std::vector{event_of(1)});
}

TEST_P(CatalogContract, KeepsNoEventOfAnUploadThatWasNotCreated) {
    const core::Quota none{.bytes = {}, .files = {}, .open_uploads = 0};
    const auto refused = run(catalog().create_upload(upload_of(1), none, event_of(1)));
    ASSERT_TRUE(refused && std::holds_alternative<ports::QuotaRefused>(*refused));
    auto first = upload_of(2);
    first.idempotency = core::IdempotencyKey{.key = "once", .fingerprint = {}};
    auto second = upload_of(3);
    second.idempotency = first.idempotency;
    EXPECT_TRUE(succeeds(run(catalog().create_upload(first, event_of(2)))));
    const auto again = run(catalog().create_upload(second, event_of(3)));
    ASSERT_TRUE(again && std::holds_alternative<ports::AlreadyCreated>(*again));
    EXPECT_EQ(events_in(catalog()), std::vector{event_of(2)});
}

TEST_P(CatalogContract, RemovesEventsFromTheFront) {
    for (std::uint64_t number = 1; number <= 5; ++number) {
        EXPECT_TRUE(succeeds(run(catalog().create_upload(upload_of(number), event_of(number)))));
    }
    EXPECT_EQ(events_in(catalog(), 0).size(), 0U);
    EXPECT_EQ(events_in(catalog(), 2), (std::vector{event_of(1), event_of(2)}));
    const auto entries = run(catalog().list_events(3));
    ASSERT_TRUE(entries && entries->size() == 3);
    for (int repetition = 0; repetition < 2; ++repetition) {
        EXPECT_TRUE(succeeds(run(catalog().remove_events((*entries)[1].position))));
        EXPECT_EQ(events_in(catalog(), 2), (std::vector{event_of(3), event_of(4)}));
        EXPECT_EQ(catalog().events_waiting(), 3U);
    }
    EXPECT_TRUE(succeeds(run(catalog().remove_events(UINT64_MAX))));
    EXPECT_TRUE(events_in(catalog()).empty());
    EXPECT_TRUE(succeeds(run(catalog().create_upload(upload_of(6), event_of(6)))));
    EXPECT_EQ(events_in(catalog()), std::vector{event_of(6)});
}

TEST_P(CatalogContract, ListsTheEventsBehindAPosition) {
    for (std::uint64_t number = 1; number <= 5; ++number) {
        EXPECT_TRUE(succeeds(run(catalog().create_upload(upload_of(number), event_of(number)))));
    }
    const auto entries = run(catalog().list_events(5));
    ASSERT_TRUE(entries && entries->size() == 5);
    const auto behind = [&](std::size_t index, std::size_t limit) {
        const auto found = run(catalog().list_events((*entries)[index].position, limit));
        EXPECT_TRUE(succeeds(found));
        return *found;
    };
    EXPECT_EQ(behind(1, 2), (std::vector{(*entries)[2], (*entries)[3]}));
    EXPECT_EQ(behind(3, 9), std::vector{(*entries)[4]});
    EXPECT_TRUE(behind(4, 9).empty());
    // Also one that is not there any more.
    EXPECT_TRUE(succeeds(run(catalog().remove_events((*entries)[2].position))));
    EXPECT_EQ(behind(0, 1), std::vector{(*entries)[3]});
}

TEST_P(CatalogContract, KeepsTheEventOfAPartWhereThePartWasStored) {
    const auto upload = create(1);
    const auto put = [&](core::Part part, std::uint64_t event) {
        return run(
            catalog().put_part(upload.id, upload.epoch, std::move(part), {}, event_of(event)));
    };
    const auto stored = put(part_of(1), 1);
    ASSERT_TRUE(stored && std::holds_alternative<ports::PartStored>(*stored));
    const auto again = put(part_of(1), 2);
    ASSERT_TRUE(again && std::holds_alternative<ports::PartAlreadyStored>(*again));
    EXPECT_TRUE(succeeds(run(catalog().put_part(upload.id, upload.epoch, part_of(2)))));
    EXPECT_TRUE(succeeds(put(part_of(3), 3)));
    const auto refused = run(
        catalog().put_part(upload.id, upload.epoch + 1, part_of(4), core::Quota{}, event_of(4)));
    ASSERT_TRUE(refused && std::holds_alternative<ports::PartRefused>(*refused));
    EXPECT_EQ(events_in(catalog()), (std::vector{event_of(1), event_of(3)}));
    EXPECT_EQ(catalog().events_waiting(), 2U);
}

TEST_P(CatalogContract, KeepsTheEventOfAPartThatCountsForItsOwner) {
    auto upload = upload_of(1);
    upload.plan = {.total_parts = 0,
                   .part_size = ByteCount(100),
                   .file_size = {},
                   .sizes = core::PartSizes::free};
    EXPECT_TRUE(succeeds(run(catalog().create_upload(upload))));
    core::Quota quota{};
    quota.bytes = part_of(1).size.value();
    const auto put = [&](std::uint32_t number) {
        return run(
            catalog().put_part(upload.id, upload.epoch, part_of(number), quota, event_of(number)));
    };
    const auto stored = put(1);
    ASSERT_TRUE(stored && std::holds_alternative<ports::PartStored>(*stored));
    const auto refused = put(2);
    ASSERT_TRUE(refused && std::holds_alternative<ports::QuotaRefused>(*refused));
    EXPECT_EQ(events_in(catalog()), std::vector{event_of(1)});
}

TEST_P(CatalogContract, KeepsTheEventOfACopyWhereItWasRecorded) {
    core::File file = file_of(upload_of(1));
    ASSERT_TRUE(run(catalog().create_files({{file, {}}})));
    const core::FilePlaces places = core::places_of(file);
    core::FilePlaces next = places;
    next.copies.push_back({"dr", WallTime{}});
    EXPECT_TRUE(succeeds(run(catalog().set_file_places(file.id, places, next, event_of(1)))));
    EXPECT_TRUE(fails_with(run(catalog().set_file_places(file.id, places, next, event_of(2))),
                           Errc::conflict));
    EXPECT_EQ(events_in(catalog()), std::vector{event_of(1)});
}

}  // namespace
}  // namespace slipway::contract
