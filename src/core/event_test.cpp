#include "core/event.hpp"

#include <gtest/gtest.h>

namespace slipway::core {
namespace {

TEST(Event, KindsHaveNamesThatLeadBack) {
    for (std::size_t kind = 1; kind <= kEventKinds; ++kind) {
        const auto known = static_cast<EventKind>(kind);
        EXPECT_EQ(parse_event_kind(to_string(known)), known);
    }
    for (const auto* other : {"", "upload", "upload.Created", "unknown", "file.deleted "}) {
        EXPECT_FALSE(parse_event_kind(other)) << other;
    }
}

TEST(Event, TellsOfAnUploadWhatItsClientSaid) {
    Upload upload;
    upload.owner = "alice";
    upload.file_name = "a.mp4";
    upload.content_type = "video/mp4";
    upload.plan.file_size = 7_B;
    upload.declared.md5 = Md5{};
    upload.metadata = {{"k", "v"}};
    upload.events = 3;
    const Event event = describe(upload);
    EXPECT_EQ(event.owner, "alice");
    EXPECT_EQ(event.file_name, "a.mp4");
    EXPECT_EQ(event.content_type, "video/mp4");
    EXPECT_EQ(event.size, 7_B);
    EXPECT_EQ(event.md5, Md5{});
    EXPECT_FALSE(event.sha256 || event.chain || event.crc64nvme);
    EXPECT_EQ(event.metadata, upload.metadata);
    EXPECT_EQ(event.sequence, 3U);
}

TEST(Event, TellsOfAFileWhatItIs) {
    File file;
    file.size = 9_B;
    file.crc64nvme = Crc64Nvme{};
    file.sha256 = Sha256{};
    file.events = 2;
    const Event event = describe(file);
    EXPECT_EQ(event.size, 9_B);
    EXPECT_TRUE(event.chain && event.crc64nvme && event.sha256);
    EXPECT_FALSE(event.md5);
    EXPECT_EQ(event.sequence, 2U);
}

TEST(Event, TellsOfAPartWhatWasStored) {
    Upload upload;
    upload.owner = "alice";
    upload.plan.file_size = 7_B;
    upload.declared.sha256 = Sha256{};
    upload.events = 3;
    Part part;
    part.number = PartNumber(2);
    part.size = 4_B;
    part.digests.sha256.bytes[0] = std::byte{9};
    const Event event = describe(upload, part);
    EXPECT_EQ(event.owner, "alice");
    EXPECT_EQ(event.part, PartNumber(2));
    EXPECT_EQ(event.size, 4_B);
    EXPECT_EQ(event.sha256, part.digests.sha256);
    EXPECT_EQ(event.sequence, 0U);
}

}  // namespace
}  // namespace slipway::core
