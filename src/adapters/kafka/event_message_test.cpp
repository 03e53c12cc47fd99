#include "adapters/kafka/event_message.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/encoding.hpp"

namespace slipway::adapters::kafka {
namespace {

// What tests/cluster/data/events has of this version of the schema; tests/cluster/test_event_schema
// reads it with Avro.
std::string kept(const std::string& name) {
    std::ifstream in(std::filesystem::path(SLIPWAY_TEST_DATA) / name, std::ios::binary);
    EXPECT_TRUE(in) << name;
    return {std::istreambuf_iterator<char>(in), {}};
}

core::Event small_event() {
    core::Event event;
    event.id = EventId::parse(std::string(32, '2')).value();
    event.kind = core::EventKind::upload_created;
    event.subject = UploadId::parse(std::string(32, '1')).value();
    event.owner = "alice";
    event.sequence = 1;
    event.time = from_unix_millis(1'767'225'600'123);
    event.file_name = "a.mp4";
    return event;
}

core::Event full_event() {
    core::Event event = small_event();
    event.kind = core::EventKind::file_replicated;
    event.sequence = 0;
    event.file_name = "übung";
    event.content_type = "video/mp4";
    event.size = ByteCount(std::uint64_t{1} << 40U);
    event.chain.emplace().bytes.fill(std::byte{0xC0});
    event.crc64nvme.emplace().bytes.fill(std::byte{0xC1});
    event.sha256.emplace().bytes.fill(std::byte{0xC2});
    event.md5.emplace().bytes.fill(std::byte{0xC3});
    event.metadata = {{"a", "1"}, {"b", ""}};
    event.reason = "expired";
    event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    event.part = PartNumber(7);
    event.storage_node = "dr";
    return event;
}

TEST(EventMessage, HasThePinnedBytes) {
    EXPECT_EQ(event_value(small_event(), "/slipway"), kept("1-small.avro"));
    EXPECT_EQ(event_value(full_event(), "/slipway"), kept("1-full.avro"));
}

TEST(EventMessage, GoesUnderTheUploadWithWhatReadersAskForFirst) {
    const Message message = event_message(full_event(), "/slipway", "events");
    EXPECT_EQ(message.topic, "events");
    EXPECT_EQ(message.key, std::string(32, '1'));
    EXPECT_EQ(message.value, event_value(full_event(), "/slipway"));
    using Headers = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(message.headers, (Headers{{"content-type", "application/avro"},
                                        {"id", std::string(32, '2')},
                                        {"type", "slipway.file.replicated"},
                                        {"traceparent", full_event().traceparent}}));
    EXPECT_EQ(event_message(small_event(), "/slipway", "events").headers.size(), 3U);
}

}  // namespace
}  // namespace slipway::adapters::kafka
