// Placement: where an S3Store stages a blob, as the catalog keeps it. The form is in
// docs/on-disk-format.md; blobs that are staged outlive a change of the program.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "adapters/s3/store/sizes.hpp"
#include "adapters/s3/types.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "ports/store.hpp"

namespace slipway::adapters::s3 {

// In the spool, which has a placement of its own; sent when it is published.
struct Spooled {
    std::string placement;
    friend bool operator==(const Spooled&, const Spooled&) = default;
};

// In the S3 store itself, as parts of a multipart upload.
struct Through {
    ByteCount part_size;
    ByteCount capacity;
    ObjectChecksum checksum = ObjectChecksum::none;  // that it was begun with
    std::string upload_id;
    friend bool operator==(const Through&, const Through&) = default;

    // The number of the part that the region is, where it is one.
    std::optional<PartNumber> part_of(const ports::PartRegion& region) const;
};

// In the S3 store itself, each part as an object of its own.
struct Apart {
    // Nothing: regions of any size in any place.
    std::optional<ByteCount> part_size;
    ByteCount capacity;
    std::string token;
    friend bool operator==(const Apart&, const Apart&) = default;

    bool has(const ports::PartRegion& region) const;
    // Whether the part with this number may lie there.
    bool has_at(PartNumber number, ByteOffset offset) const;
};

using Placement = std::variant<Spooled, Through, Apart>;

// Errors: unsupported (longer than what the catalog keeps, or with other characters than printable
// ASCII).
Result<std::string> format_placement(const Placement& placement);
// Nothing is that of a blob which was never created: in a spool that does not have it. Errors:
// invalid.
Result<Placement> parse_placement(std::string_view text);

// Whether a blob of this layout goes through: parts that the store takes, and that nobody
// reads before it is published. A small file does not, and is sent by one call.
bool goes_through(const ports::BlobLayout& layout, const Sizes& sizes);
// Whether parts of it are acknowledged before it is published.
bool comes_in_parts(const ports::BlobLayout& layout);
// Why none of this layout can be sent in direct parts, in words for a client; nothing where one
// can.
std::optional<std::string> why_not_direct(const ports::BlobLayout& layout, const Sizes& sizes);

// Printable ASCII, as long as the catalog keeps.
bool is_store_note(std::string_view text);

}  // namespace slipway::adapters::s3
