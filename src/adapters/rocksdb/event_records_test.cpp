#include <gtest/gtest.h>

#include "adapters/rocksdb/catalog_fixture.hpp"
#include "adapters/rocksdb/keys.hpp"
#include "adapters/rocksdb/raw_database_fixture.hpp"
#include "adapters/rocksdb/record_form.hpp"
#include "base/encoding.hpp"

namespace slipway::adapters::rocksdb {
namespace {

using contract::event_of;
using contract::run;
using contract::succeeds;
using contract::upload_of;

core::OutboxEntry small_entry() {
    core::Event event;
    event.id = EventId::parse(std::string(32, '2')).value();
    event.kind = core::EventKind::upload_failed;
    event.subject = UploadId::parse(std::string(32, '1')).value();
    event.owner = "o";
    event.sequence = 3;
    event.time = from_unix_millis(4);
    event.reason = "r";
    event.file_name = "f";
    event.size = ByteCount(5);
    event.metadata = {{"k", "v"}};
    return {.position = 258, .event = event};
}

TEST(EventRecord, HasThePinnedBytes) {
    const auto key = position_key(small_entry().position);
    const auto record = encode_event(small_entry());
    EXPECT_EQ(encode_hex(std::as_bytes(std::span(key))), "0000000000000102");
    EXPECT_EQ(encode_hex(std::as_bytes(std::span(record))),
              "01"
              "01"
              "03"
              "22222222222222222222222222222222"
              "11111111111111111111111111111111"
              "00000003"
              "0000000000000004"
              "0000000000000005"
              "000000016f"
              "0000000172"
              "00000000"
              "0000000166"
              "00000000"
              "00000001000000016b0000000176"
              "f757bf88");
}

TEST(EventRecord, WhatWasAddedStandsBehindWhatWasThere) {
    auto entry = small_entry();
    const auto before = encode_event(entry);
    entry.event.part = PartNumber(6);
    entry.event.storage_node = "dr";
    const auto record = encode_event(entry);
    const std::size_t flags = 1;
    EXPECT_EQ(record[flags], 0b1100001);
    const auto behind = before.size() - 4;
    EXPECT_EQ(record.substr(flags + 1, behind - flags - 1),
              before.substr(flags + 1, behind - flags - 1));
    const std::string added = record.substr(behind, 10);
    EXPECT_EQ(encode_hex(std::as_bytes(std::span(added))),
              "00000006"
              "000000026472");
    EXPECT_EQ(*decode_event(entry.position, record), entry);
}

TEST(EventRecord, ComesBackAsItWas) {
    for (const auto& entry :
         {small_entry(), core::OutboxEntry{7, event_of(2)}, core::OutboxEntry{1, {}}}) {
        const auto decoded = decode_event(entry.position, encode_event(entry));
        ASSERT_TRUE(succeeds(decoded));
        EXPECT_EQ(*decoded, entry);
    }
}

TEST(EventRecord, AnyChangedByteAndAnotherPlaceAreRefused) {
    const auto record = encode_event(small_entry());
    EXPECT_FALSE(decode_event(259, record));
    for (std::size_t at = 0; at < record.size(); ++at) {
        auto changed = record;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(decode_event(258, changed)) << at;
        EXPECT_FALSE(decode_event(258, record.substr(0, at))) << at;
    }
}

class Outbox : public CatalogFixture {};

TEST_F(Outbox, IsThereAfterARestartAndGoesOnBehindItsEnd) {
    for (std::uint64_t number = 1; number <= 3; ++number) {
        auto catalog = open();
        EXPECT_TRUE(succeeds(run(catalog->create_upload(upload_of(number), event_of(number)))));
    }
    {
        const auto catalog = open();
        EXPECT_EQ(catalog->events_waiting(), 3U);
        const auto entries = run(catalog->list_events(10));
        ASSERT_TRUE(entries && entries->size() == 3);
        EXPECT_EQ(entries->back().event, event_of(3));
        EXPECT_TRUE(succeeds(run(catalog->remove_events(entries->front().position))));
    }
    const auto catalog = open();
    EXPECT_EQ(catalog->events_waiting(), 2U);
    const auto entries = run(catalog->list_events(10));
    ASSERT_TRUE(entries && entries->size() == 2);
    EXPECT_EQ(entries->front().event, event_of(2));
}

TEST_F(Outbox, AnEventThatCannotBeReadDoesNotStandInTheWay) {
    {
        auto catalog = open();
        for (std::uint64_t number = 1; number <= 3; ++number) {
            EXPECT_TRUE(succeeds(run(catalog->create_upload(upload_of(number), event_of(number)))));
        }
    }
    RawDatabase(path()).put("outbox", position_key(2), "no record");
    const auto catalog = open();
    const auto entries = run(catalog->list_events(10));
    ASSERT_TRUE(entries && entries->size() == 2);
    EXPECT_EQ(entries->back().event, event_of(3));
    EXPECT_TRUE(succeeds(run(catalog->remove_events(entries->back().position))));
    EXPECT_EQ(catalog->events_waiting(), 0U);
}

}  // namespace
}  // namespace slipway::adapters::rocksdb
