// Tables and keys of the catalog's database (docs/on-disk-format.md, "Catalog"). Keys sort in the
// order in which the port pages: by id, by part number, by id within an owner or a state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "core/upload.hpp"
#include "records/keys.hpp"

namespace slipway::adapters::rocksdb {

// One column family each, in the order of their handles.
enum class Table : std::uint8_t {
    meta,
    uploads,
    parts,
    files,
    open_uploads_by_owner,
    uploads_by_state,
    files_by_owner,
    tasks,
    tasks_due,
    tasks_by_status,
    tasks_by_key,
    api_keys,
    outbox,
    usage,
    quotas,
    uploads_by_idempotency_key,
    files_by_expiry,
    counted_parts,
};
inline constexpr std::array<std::string_view, 18> kTableNames = {
    "meta",
    "uploads",
    "parts",
    "files",
    "open_uploads_by_owner",
    "uploads_by_state",
    "files_by_owner",
    "tasks",
    "tasks_due",
    "tasks_by_status",
    "tasks_by_key",
    "api_keys",
    "outbox",
    "usage",
    "quotas",
    "uploads_by_idempotency_key",
    "files_by_expiry",
    "counted_parts",
};
// Each format version has the first of them: so many.
inline constexpr std::array<std::size_t, 3> kTablesOfVersion = {7, 11, kTableNames.size()};
inline constexpr unsigned kFormatVersion = kTablesOfVersion.size();

inline constexpr std::string_view kFormatKey = "format";

using records::id_key;
using records::part_key;
using records::position_key;
// Everything of one owner or state: the prefix of the index keys below.
std::string owner_prefix(std::string_view owner);
std::string state_prefix(core::UploadState state);
std::string owner_key(std::string_view owner, UploadId id);
std::string state_key(core::UploadState state, UploadId id);
// By which an upload is found that was asked for with this key. No pair's is another's.
std::string idempotency_key_of(std::string_view owner, std::string_view key);
// In the order of time; the smallest key behind those of this time and before is that of the next
// millisecond with no id.
std::string expiry_key(WallTime expires_at, UploadId id);
std::string end_of_expired(WallTime now);

// Of an event in the outbox: the order of keys is that of positions.
std::optional<std::uint64_t> position_of_key(std::string_view key);

// The id at the end of an index key; the number at the end of a part's key. Nothing when the key is
// too short.
std::optional<UploadId> id_of_key(std::string_view key);
std::optional<PartNumber> part_number_of_key(std::string_view key);

// The smallest key behind all keys that start with `prefix` and an id, and behind all parts of an
// id.
std::string end_of_ids(std::string_view prefix);
std::string end_of_parts(UploadId id);

}  // namespace slipway::adapters::rocksdb
