#include "adapters/localfs/trash_name.hpp"

#include <charconv>

namespace slipway::adapters::localfs {

namespace {

constexpr std::string_view kStaged = "staged";
constexpr std::string_view kPublished = "published";

}  // namespace

std::string trash_name(const ports::TrashedBlob& blob) {
    std::string name = blob.id.to_string();
    name += '.';
    name += blob.was == ports::BlobState::staged ? kStaged : kPublished;
    name += '.';
    name += std::to_string(unix_millis(blob.since));
    return name;
}

std::optional<ports::TrashedBlob> parse_trash_name(std::string_view name) {
    const auto first = name.find('.');
    const auto second = name.find('.', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) {
        return std::nullopt;
    }
    const auto id = UploadId::parse(name.substr(0, first));
    const auto state = name.substr(first + 1, second - first - 1);
    const auto time = name.substr(second + 1);
    std::int64_t millis = 0;
    const auto read = std::from_chars(time.data(), time.data() + time.size(), millis);
    if (!id || (state != kStaged && state != kPublished) || read.ec != std::errc() ||
        read.ptr != time.data() + time.size()) {
        return std::nullopt;
    }
    const ports::TrashedBlob blob{
        .id = *id,
        .was = state == kStaged ? ports::BlobState::staged : ports::BlobState::published,
        .since = from_unix_millis(millis)};
    // One name for each: "+1", "01" are none.
    return trash_name(blob) == name ? std::optional(blob) : std::nullopt;
}

}  // namespace slipway::adapters::localfs
