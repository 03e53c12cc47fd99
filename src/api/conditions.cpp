#include "api/conditions.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace slipway::api {

namespace {

constexpr std::string_view kBytesUnit = "bytes=";

// Whether a list of entity tags holds this one; "*" holds every one. A weak tag matches where
// `weak` is allowed.
enum class Comparison { strong, weak };

bool lists_tag(std::string_view list, std::string_view etag, Comparison comparison) {
    if (list == "*") {
        return true;
    }
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t open = list.find('"', at);
        const std::size_t close = open == std::string_view::npos ? open : list.find('"', open + 1);
        if (close == std::string_view::npos) {
            return false;
        }
        const bool is_weak = open >= 2 && list.substr(open - 2, 2) == "W/";
        const bool same = list.substr(open, close - open + 1) == etag;
        if (same && (!is_weak || comparison == Comparison::weak)) {
            return true;
        }
        at = close + 1;
    }
    return false;
}

std::optional<std::uint64_t> parse_position(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

Selection suffix_of(std::uint64_t length, std::uint64_t size) {
    if (length == 0 || size == 0) {
        return RangeNotSatisfiable{};
    }
    const std::uint64_t count = std::min(length, size);
    return SendRange{{ByteOffset(size - count), ByteCount(count)}};
}

Selection select_range(std::string_view field, std::uint64_t size) {
    if (!field.starts_with(kBytesUnit)) {
        return SendWhole{};
    }
    const std::string_view range = field.substr(kBytesUnit.size());
    const std::size_t dash = range.find('-');
    if (dash == std::string_view::npos) {
        return SendWhole{};
    }
    const auto first = parse_position(range.substr(0, dash));
    const auto last = parse_position(range.substr(dash + 1));
    if (dash == 0) {
        return last ? suffix_of(*last, size) : SendWhole{};
    }
    const bool open_ended = dash + 1 == range.size();
    if (!first || (!last && !open_ended) || (last && *last < *first)) {
        return SendWhole{};
    }
    if (*first >= size) {
        return RangeNotSatisfiable{};
    }
    const std::uint64_t end = std::min(last.value_or(size - 1), size - 1);
    return SendRange{{ByteOffset(*first), ByteCount(end - *first + 1)}};
}

bool range_applies(const http::Headers& headers, const Representation& representation) {
    const auto condition = headers.find("If-Range");
    if (!condition) {
        return true;
    }
    // A strong tag or the exact date; a weak tag never matches.
    return *condition == representation.etag ||
           *condition == format_http_date(representation.last_modified);
}

}  // namespace

Selection select(const http::Headers& headers, const Representation& representation) {
    const auto if_match = headers.find("If-Match");
    if (if_match && !lists_tag(*if_match, representation.etag, Comparison::strong)) {
        return PreconditionFailed{};
    }
    const auto if_none_match = headers.find("If-None-Match");
    if (if_none_match && lists_tag(*if_none_match, representation.etag, Comparison::weak)) {
        return NotModified{};
    }
    const auto since = headers.find("If-Modified-Since");
    if (!if_none_match && since && *since == format_http_date(representation.last_modified)) {
        return NotModified{};
    }
    const auto range = headers.find("Range");
    if (!range || !range_applies(headers, representation)) {
        return SendWhole{};
    }
    return select_range(*range, representation.size.value());
}

}  // namespace slipway::api
