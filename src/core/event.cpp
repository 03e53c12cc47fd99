#include "core/event.hpp"

#include <array>
#include <utility>

namespace slipway::core {

namespace {

constexpr std::array<std::pair<EventKind, std::string_view>, kEventKinds> kNames = {{
    {EventKind::upload_created, "upload.created"},
    {EventKind::upload_completed, "upload.completed"},
    {EventKind::upload_failed, "upload.failed"},
    {EventKind::upload_expired, "upload.expired"},
    {EventKind::file_deleted, "file.deleted"},
    {EventKind::part_stored, "part.stored"},
    {EventKind::file_replicated, "file.replicated"},
}};

}  // namespace

std::string_view to_string(EventKind kind) {
    for (const auto& [known, name] : kNames) {
        if (known == kind) {
            return name;
        }
    }
    return "unknown";
}

std::optional<EventKind> parse_event_kind(std::string_view text) {
    for (const auto& [kind, name] : kNames) {
        if (name == text) {
            return kind;
        }
    }
    return std::nullopt;
}

Event describe(const Upload& upload) {
    Event event;
    event.subject = upload.id;
    event.owner = upload.owner;
    event.sequence = upload.events;
    event.file_name = upload.file_name;
    event.content_type = upload.content_type;
    event.size = upload.plan.file_size;
    event.sha256 = upload.declared.sha256;
    event.md5 = upload.declared.md5;
    event.metadata = upload.metadata;
    return event;
}

Event describe(const File& file) {
    Event event;
    event.subject = file.id;
    event.owner = file.owner;
    event.sequence = file.events;
    event.file_name = file.name;
    event.content_type = file.content_type;
    event.size = file.size;
    event.chain = file.chain;
    event.crc64nvme = file.crc64nvme;
    event.sha256 = file.sha256;
    event.md5 = file.md5;
    event.metadata = file.metadata;
    return event;
}

Event describe(const Upload& upload, const Part& part) {
    Event event = describe(upload);
    event.sequence = 0;
    event.part = part.number;
    event.size = part.size;
    event.crc64nvme = part.digests.crc64nvme;
    event.sha256 = part.digests.sha256;
    event.md5 = part.digests.md5;
    return event;
}

}  // namespace slipway::core
