#include "contract/catalog_samples.hpp"

namespace slipway::contract {
namespace {

using core::UploadState;

template <class Digest>
Digest digest_of(std::uint8_t content) {
    Digest out;
    out.bytes.fill(static_cast<std::byte>(content));
    return out;
}

}  // namespace

UploadId id_of(std::uint64_t number) {
    UploadId::Bytes bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(number >> (8 * (7 - i)));
    }
    bytes[15] = 0xA5;
    return UploadId(bytes);
}

core::Upload upload_of(std::uint64_t number, std::string owner) {
    core::Upload upload;
    upload.id = id_of(number);
    upload.owner = std::move(owner);
    upload.blobs = {{"local", "where it is"}};
    upload.file_name = "r\xC3\xA9sum\xC3\xA9 " + std::to_string(number) + ".pdf";
    upload.content_type = "application/pdf";
    upload.plan = {.total_parts = 3, .part_size = 8_MiB, .file_size = 20_MiB};
    upload.checksum = DigestKind::crc32c;
    upload.declared = {.sha256 = digest_of<Sha256>(7), .md5 = digest_of<Md5>(9)};
    upload.complete_when_full = number % 2 == 1;
    upload.metadata = {{"album", "2026"}, {"empty", ""}, {std::string("nul\0", 4), "\xFF"}};
    upload.created_at = from_unix_millis(1'767'225'600'123);
    upload.expires_at = from_unix_millis(1'767'312'000'456);
    upload.failure = "no " + std::to_string(number);
    upload.events = 2;
    return upload;
}

core::Part part_of(std::uint32_t number, std::uint8_t content) {
    core::Part part;
    part.number = PartNumber(number);
    part.size = ByteCount(8'388'608 + content);
    part.digests = {.sha256 = digest_of<Sha256>(content),
                    .crc64nvme = digest_of<Crc64Nvme>(content),
                    .md5 = number % 2 == 0 ? std::optional(digest_of<Md5>(content)) : std::nullopt,
                    .crc32c = digest_of<Crc32c>(content)};
    part.stored_at = from_unix_millis(1'767'225'700'000 + number);
    part.copies = {{0, "of part " + std::to_string(number)}};
    return part;
}

core::File file_of(const core::Upload& upload) {
    core::File file;
    file.id = upload.id;
    file.owner = upload.owner;
    file.storage_node = upload.blobs.front().storage_node;
    file.name = upload.file_name;
    file.content_type = upload.content_type;
    file.size = 20_MiB;
    file.plan = upload.plan;
    file.chain = digest_of<Sha256>(3);
    file.crc64nvme = digest_of<Crc64Nvme>(4);
    file.sha256 = upload.declared.sha256;
    file.metadata = upload.metadata;
    file.completed_at = from_unix_millis(1'767'225'800'000);
    file.events = 3;
    return file;
}

core::Event event_of(std::uint64_t number) {
    core::Event event = core::describe(file_of(upload_of(number)));
    event.id = EventId(id_of(number + 1000).bytes());
    event.kind = static_cast<core::EventKind>(1 + number % core::kEventKinds);
    event.time = from_unix_millis(1'767'226'000'000);
    event.reason = "because";
    event.traceparent = "00-" + std::to_string(number);
    event.md5 = digest_of<Md5>(9);
    return event;
}

core::Upload advanced(core::Upload upload, UploadState state) {
    ++upload.epoch;
    upload.state = state;
    if (state != UploadState::open && state != UploadState::completing) {
        upload.ended_at = from_unix_millis(1'767'225'900'000);
    }
    return upload;
}

}  // namespace slipway::contract
