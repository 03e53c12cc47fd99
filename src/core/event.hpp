// Event: a fact about an upload or a file that others are told of (DESIGN.md section 2). It is
// written in the commit that makes it true, so that none is lost and none tells of what did not
// happen; how it travels is the matter of ports/event_sink.hpp and docs/events.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "core/upload.hpp"

namespace slipway::core {

// Numbers are fixed: they stand on disk.
enum class EventKind : std::uint8_t {
    upload_created = 1,
    upload_completed = 2,  // the file exists
    upload_failed = 3,     // ended by the client, or its completion was given up; says why
    upload_expired = 4,
    file_deleted = 5,
    part_stored = 6,      // a part was acknowledged; of some parts only
    file_replicated = 7,  // the file lies in its store for disaster recovery, too
};
inline constexpr std::size_t kEventKinds = 7;

// "upload.created" and so on.
std::string_view to_string(EventKind kind);
std::optional<EventKind> parse_event_kind(std::string_view text);

struct Event {
    EventId id;
    EventKind kind = EventKind::upload_created;
    UploadId subject;
    std::string owner;
    // 1 for the first event of the upload and its file, and one more for each further one; 0 where
    // it is not counted: part_stored and file_replicated are about bytes, and no step of the
    // upload.
    std::uint32_t sequence = 0;
    WallTime time;
    std::string reason;       // of upload_failed, and of file_deleted when it expired
    std::string traceparent;  // of the request that led to it (W3C Trace Context); may be empty

    std::string file_name;
    std::string content_type;
    // Of a file; of an upload, where it is known; of the part that was stored.
    std::optional<ByteCount> size;
    // Of that content, as far as it was declared or worked out.
    std::optional<Sha256> chain;
    std::optional<Crc64Nvme> crc64nvme;
    std::optional<Sha256> sha256;
    std::optional<Md5> md5;
    std::map<std::string, std::string> metadata;
    std::optional<PartNumber> part;           // of part_stored
    std::optional<std::string> storage_node;  // of file_replicated: the store that has it now, too
    friend bool operator==(const Event&, const Event&) = default;
};

// An event that waits to be told, and its place in the order of commits.
struct OutboxEntry {
    std::uint64_t position = 0;
    Event event;
    friend bool operator==(const OutboxEntry&, const OutboxEntry&) = default;
};

// What there is to tell, but for the id, the kind and what led to it.
Event describe(const Upload& upload);
Event describe(const File& file);
Event describe(const Upload& upload, const Part& part);

}  // namespace slipway::core
