#include "adapters/webhook/cloud_event.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::webhook {
namespace {

core::Event event_of(core::EventKind kind) {
    core::Event event;
    event.id = EventId::parse(std::string(32, 'e')).value();
    event.kind = kind;
    event.subject = UploadId::parse(std::string(32, 'a')).value();
    event.owner = "alice";
    event.sequence = 2;
    event.time = from_unix_millis(1'767'225'600'123);
    event.file_name = "r\xC3\xA9sum\xC3\xA9 \"1\".pdf";
    event.content_type = "application/pdf";
    event.size = 7_B;
    event.metadata = {{"album", "2026"}};
    return event;
}

TEST(CloudEvent, HasThePinnedText) {
    auto event = event_of(core::EventKind::upload_completed);
    event.chain = Sha256{};
    event.crc64nvme = Crc64Nvme{};
    EXPECT_EQ(
        cloud_event(event, "/slipway"),
        R"({"specversion":"1.0","id":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee","source":"/slipway",)"
        R"("type":"slipway.upload.completed","subject":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
        R"("time":"2026-01-01T00:00:00.123Z","datacontenttype":"application/json","sequence":"2",)"
        R"("sequencetype":"Integer","data":{"upload_id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
        R"("file_id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","owner":"alice",)"
        "\"file_name\":\"r\xC3\xA9sum\xC3\xA9 \\\"1\\\".pdf\","
        R"("content_type":"application/pdf","size":7,)"
        R"("chain":"0000000000000000000000000000000000000000000000000000000000000000",)"
        R"("crc64nvme":"0000000000000000","metadata":{"album":"2026"}}})");
}

TEST(CloudEvent, SaysWhyAnUploadFailed) {
    auto event = event_of(core::EventKind::upload_failed);
    event.reason = "aborted";
    event.traceparent = "00-1-2-01";
    event.size = std::nullopt;
    const auto text = cloud_event(event, "https://up.example");
    EXPECT_TRUE(text.contains(R"("type":"slipway.upload.failed")"));
    EXPECT_TRUE(text.contains(R"("reason":"aborted")"));
    EXPECT_TRUE(text.contains(R"("traceparent":"00-1-2-01")"));
    EXPECT_FALSE(text.contains("file_id"));
    EXPECT_FALSE(text.contains("size\":"));
}

}  // namespace
}  // namespace slipway::adapters::webhook
