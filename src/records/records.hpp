// The binary form of the catalog's records (docs/on-disk-format.md, "Catalog").
// A record is sealed: it starts with its version and ends with a CRC32C over the key and the
// record, so that a damaged record, or one that stands under another key, is refused instead of
// served. No I/O; safe on any input.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/event.hpp"
#include "core/upload.hpp"

namespace slipway::records {

// Records are decoded with the key under which they were found: the id and the part's number are
// not repeated in them.
std::string encode_upload(const core::Upload& upload);
std::string encode_part(UploadId id, const core::Part& part);
std::string encode_file(const core::File& file);
std::string encode_event(const core::OutboxEntry& entry);

// corrupted: truncated, trailing bytes, unknown version, a value outside its range, or a checksum
// that does not match.
Result<core::Upload> decode_upload(UploadId id, std::string_view record);
Result<core::Part> decode_part(UploadId id, PartNumber number, std::string_view record);
// For a scan, which has the key already.
struct PartKey {
    std::string_view bytes;
    PartNumber number;
};
Result<core::Part> decode_part(const PartKey& key, std::string_view record);
Result<core::File> decode_file(UploadId id, std::string_view record);
Result<core::OutboxEntry> decode_event(std::uint64_t position, std::string_view record);

}  // namespace slipway::records
