#include "api/conditions.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include "api/byte_ranges.hpp"

namespace slipway::api {

namespace {

// Several lines of one name are one list (RFC 9110 section 5.3).
std::optional<std::string> list_of(const http::Headers& headers, std::string_view name) {
    std::optional<std::string> list;
    for (const auto& [line_name, value] : headers.lines()) {
        if (!http::equals_ignoring_case(line_name, name)) {
            continue;
        }
        list = list ? *list + ", " + value : value;
    }
    return list;
}

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

// Nothing where the field is absent, repeated, or no date: then it is to be ignored.
std::optional<WallTime> date_of(const http::Headers& headers, std::string_view name) {
    const auto field = headers.count(name) == 1 ? headers.find(name) : std::nullopt;
    return field ? parse_http_date(*field) : std::nullopt;
}

// As Last-Modified tells it.
WallTime told_date(const Representation& representation) {
    return std::chrono::floor<std::chrono::seconds>(representation.last_modified);
}

// Steps 1 and 2.
bool preconditions_hold(const http::Headers& headers, const Representation& representation) {
    if (const auto tags = list_of(headers, "If-Match")) {
        return lists_tag(*tags, representation.etag, Comparison::strong);
    }
    const auto since = date_of(headers, "If-Unmodified-Since");
    return !since || told_date(representation) <= *since;
}

// Steps 3 and 4.
bool client_has_it(const http::Headers& headers, const Representation& representation) {
    if (const auto tags = list_of(headers, "If-None-Match")) {
        return lists_tag(*tags, representation.etag, Comparison::weak);
    }
    const auto since = date_of(headers, "If-Modified-Since");
    return since && told_date(representation) <= *since;
}

// A strong tag, or exactly the date: a file never changes, so its date is a strong validator too.
bool range_applies(const http::Headers& headers, const Representation& representation) {
    const auto condition = headers.find("If-Range");
    if (!condition) {
        return true;
    }
    return headers.count("If-Range") == 1 &&
           (*condition == representation.etag ||
            parse_http_date(*condition) == told_date(representation));
}

}  // namespace

Selection select(const http::RequestHead& head, const Representation& representation) {
    const http::Headers& headers = head.headers;
    if (!preconditions_hold(headers, representation)) {
        return PreconditionFailed{};
    }
    if (client_has_it(headers, representation)) {
        return NotModified{};
    }
    const auto field = headers.find("Range");
    if (head.method != http::Method::get || !field || headers.count("Range") != 1 ||
        !range_applies(headers, representation)) {
        return SendWhole{};
    }
    auto ranges = parse_byte_ranges(*field, representation.size);
    if (!ranges) {
        return SendWhole{};
    }
    if (ranges->empty()) {
        return RangeNotSatisfiable{};
    }
    if (ranges->size() == 1) {
        return SendRange{ranges->front()};
    }
    return SendRanges{*std::move(ranges)};
}

}  // namespace slipway::api
