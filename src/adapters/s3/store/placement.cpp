#include "adapters/s3/store/placement.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace slipway::adapters::s3 {

namespace {

// "spool:PLACEMENT", "through:PART_SIZE:CAPACITY:CHECKSUMS:UPLOAD_ID", or
// "apart:PART_SIZE:CAPACITY:TOKEN" with 0 for parts of free sizes.
constexpr std::string_view kSpool = "spool:";
constexpr std::string_view kApart = "apart:";
constexpr std::string_view kThrough = "through:";

struct Word {
    std::string_view text;
    ObjectChecksum checksum;
};
constexpr std::array kWords{Word{"crc64nvme", ObjectChecksum::crc64nvme},
                            Word{"sha256", ObjectChecksum::part_sha256},
                            Word{"none", ObjectChecksum::none}};

constexpr ByteCount kLargestPart = 5_GiB;
constexpr std::uint64_t kMostParts = 10'000;

// The text up to the next colon, which is taken with it.
std::optional<std::string_view> take_field(std::string_view& text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view field = text.substr(0, colon);
    text.remove_prefix(colon + 1);
    return field;
}

std::optional<ByteCount> take_size(std::string_view& text) {
    const auto field = take_field(text);
    std::uint64_t value = 0;
    if (!field) {
        return std::nullopt;
    }
    const char* const end = field->data() + field->size();
    const auto read = std::from_chars(field->data(), end, value);
    const bool is_number = read.ec == std::errc{} && read.ptr == end;
    return is_number ? std::optional(ByteCount(value)) : std::nullopt;
}

std::optional<Through> parse_through(std::string_view text) {
    const auto part_size = take_size(text);
    const auto capacity = part_size ? take_size(text) : std::nullopt;
    const auto field = capacity ? take_field(text) : std::nullopt;
    const auto* const word = std::ranges::find(kWords, field, &Word::text);
    if (word == kWords.end() || text.empty() || *part_size == 0_B) {
        return std::nullopt;
    }
    return Through{.part_size = *part_size,
                   .capacity = *capacity,
                   .checksum = word->checksum,
                   .upload_id = std::string(text)};
}

std::optional<Apart> parse_apart(std::string_view text) {
    const auto part_size = take_size(text);
    const auto capacity = part_size ? take_size(text) : std::nullopt;
    if (!capacity || text.empty()) {
        return std::nullopt;
    }
    return Apart{.part_size = *part_size > 0_B ? part_size : std::nullopt,
                 .capacity = *capacity,
                 .token = std::string(text)};
}

std::string text_of(const Placement& placement) {
    if (const auto* spooled = std::get_if<Spooled>(&placement)) {
        return std::string(kSpool) + spooled->placement;
    }
    if (const auto* apart = std::get_if<Apart>(&placement)) {
        return std::string(kApart) + std::to_string(apart->part_size.value_or(0_B).value()) + ':' +
               std::to_string(apart->capacity.value()) + ':' + apart->token;
    }
    const auto& through = std::get<Through>(placement);
    const auto* const word = std::ranges::find(kWords, through.checksum, &Word::checksum);
    return std::string(kThrough) + std::to_string(through.part_size.value()) + ':' +
           std::to_string(through.capacity.value()) + ':' + std::string(word->text) + ':' +
           through.upload_id;
}

}  // namespace

std::optional<PartNumber> Through::part_of(const ports::PartRegion& region) const {
    const std::uint64_t offset = region.offset.value();
    if (offset >= capacity.value() || offset % part_size.value() != 0) {
        return std::nullopt;
    }
    const std::uint64_t length = std::min(part_size.value(), capacity.value() - offset);
    if (region.length != ByteCount(length)) {
        return std::nullopt;
    }
    return PartNumber(static_cast<std::uint32_t>(offset / part_size.value() + 1));
}

bool Apart::has(const ports::PartRegion& region) const {
    if (!part_size) {
        return true;
    }
    const std::uint64_t offset = region.offset.value();
    const bool is_last =
        offset <= capacity.value() && capacity.value() - offset < part_size->value();
    return offset % part_size->value() == 0 && offset <= capacity.value() &&
           region.length == (is_last ? ByteCount(capacity.value() - offset) : *part_size);
}

bool Apart::has_at(PartNumber number, ByteOffset offset) const {
    return !part_size || offset.value() == (number.value() - std::uint64_t{1}) * part_size->value();
}

Result<std::string> format_placement(const Placement& placement) {
    std::string text = text_of(placement);
    if (!is_store_note(text)) {
        return failure(Errc::unsupported, "the store's name of an upload cannot be kept");
    }
    return text;
}

Result<Placement> parse_placement(std::string_view text) {
    // What was never created has none, and is not found in the spool either.
    if (text.empty()) {
        return Spooled{};
    }
    if (text.starts_with(kSpool)) {
        return Spooled{std::string(text.substr(kSpool.size()))};
    }
    if (text.starts_with(kThrough)) {
        if (auto through = parse_through(text.substr(kThrough.size()))) {
            return *std::move(through);
        }
    }
    if (text.starts_with(kApart)) {
        if (auto apart = parse_apart(text.substr(kApart.size()))) {
            return *std::move(apart);
        }
    }
    return failure(Errc::invalid, "no placement of an S3 store: " + std::string(text));
}

namespace {

std::uint64_t parts_of(const ports::BlobLayout& layout) {
    const std::uint64_t size = layout.part_size->value();
    return size == 0 ? 0 : (layout.capacity.value() + size - 1) / size;
}

}  // namespace

bool goes_through(const ports::BlobLayout& layout, const Sizes& sizes) {
    if (layout.read_staged || !layout.part_size) {
        return false;
    }
    const std::uint64_t parts = parts_of(layout);
    return *layout.part_size >= sizes.smallest_part && *layout.part_size <= kLargestPart &&
           layout.capacity >= sizes.smallest_part && parts <= kMostParts;
}

// Nobody waits for a part of what has neither: it is published as it came, or not at all.
bool comes_in_parts(const ports::BlobLayout& layout) {
    return layout.part_size || layout.read_staged;
}

// A store takes an only part of any size.
std::optional<std::string> why_not_direct(const ports::BlobLayout& layout, const Sizes& sizes) {
    if (layout.read_staged || !layout.part_size) {
        return "parts of free sizes, and files that are read before they are complete, go through "
               "the server";
    }
    const std::uint64_t parts = parts_of(layout);
    if (parts == 0) {
        return "an empty file has no bytes to send";
    }
    if (parts > 1 && *layout.part_size < sizes.smallest_part) {
        return "the store takes parts of " + std::to_string(sizes.smallest_part.value()) +
               " bytes or more; chunk_size is smaller";
    }
    if (parts > kMostParts || std::min(*layout.part_size, layout.capacity) > kLargestPart) {
        return "the store takes at most 10000 parts, each of 5 GiB at most";
    }
    return std::nullopt;
}

bool is_store_note(std::string_view text) {
    return text.size() <= ports::kMaxStoreNote &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace slipway::adapters::s3
