#include "api/byte_ranges.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "http/message.hpp"

namespace slipway::api {

namespace {

constexpr std::string_view kBytesUnit = "bytes=";

// First and last byte, both within the file.
struct Interval {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

// Digits only. A number too large for the type is beyond every file, and so is its largest value.
std::optional<std::uint64_t> parse_position(std::string_view text) {
    constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        const auto digit = static_cast<std::uint64_t>(c - '0');
        value = value > (kMost - digit) / 10 ? kMost : value * 10 + digit;
    }
    return text.empty() ? std::nullopt : std::optional(value);
}

enum class SpecKind { interval, outside, nothing_to_send, broken };
struct Spec {
    SpecKind kind = SpecKind::broken;
    Interval interval = {};
};

Spec suffix_of(std::uint64_t length, std::uint64_t size) {
    if (length == 0) {
        return {SpecKind::outside};
    }
    if (size == 0) {
        return {SpecKind::nothing_to_send};
    }
    return {SpecKind::interval, {size - std::min(length, size), size - 1}};
}

Spec parse_spec(std::string_view text, std::uint64_t size) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        return {};
    }
    const auto first = parse_position(text.substr(0, dash));
    const auto last = parse_position(text.substr(dash + 1));
    if (dash == 0) {
        return last ? suffix_of(*last, size) : Spec{};
    }
    const bool open_ended = dash + 1 == text.size();
    if (!first || (!last && !open_ended) || (last && *last < *first)) {
        return {};
    }
    if (*first >= size) {
        return {SpecKind::outside};
    }
    return {SpecKind::interval, {*first, std::min(last.value_or(size - 1), size - 1)}};
}

// The elements of a list, without the white space at its commas. Empty ones are passed over.
std::vector<std::string_view> split_list(std::string_view list) {
    std::vector<std::string_view> elements;
    for (bool more = true, is_first = true; more; is_first = false) {
        const std::size_t comma = list.find(',');
        more = comma != std::string_view::npos;
        std::string_view element = list.substr(0, comma);
        list.remove_prefix(more ? comma + 1 : list.size());
        while (!is_first && !element.empty() &&
               (element.front() == ' ' || element.front() == '\t')) {
            element.remove_prefix(1);
        }
        while (more && !element.empty() && (element.back() == ' ' || element.back() == '\t')) {
            element.remove_suffix(1);
        }
        if (!element.empty()) {
            elements.push_back(element);
        }
    }
    return elements;
}

bool touch(const Interval& a, const Interval& b) {
    return a.first <= b.last + 1 && b.first <= a.last + 1;
}

// What `added` meets becomes one with it, at the place of the first.
void add_to(std::vector<Interval>& intervals, Interval added) {
    std::optional<std::size_t> place;
    for (std::size_t i = 0; i < intervals.size();) {
        if (!touch(intervals[i], added)) {
            ++i;
            continue;
        }
        added = {std::min(added.first, intervals[i].first),
                 std::max(added.last, intervals[i].last)};
        place = std::min(place.value_or(i), i);
        intervals.erase(intervals.begin() + static_cast<std::ptrdiff_t>(i));
        // The union may meet what `added` did not.
        i = 0;
    }
    intervals.insert(
        intervals.begin() + static_cast<std::ptrdiff_t>(place.value_or(intervals.size())), added);
}

}  // namespace

std::optional<std::vector<ByteRange>> parse_byte_ranges(std::string_view field, ByteCount size) {
    if (!http::equals_ignoring_case(field.substr(0, kBytesUnit.size()), kBytesUnit)) {
        return std::nullopt;
    }
    const auto specs = split_list(field.substr(kBytesUnit.size()));
    if (specs.empty() || specs.size() > kMaxRanges) {
        return std::nullopt;
    }
    std::vector<Interval> intervals;
    for (const std::string_view text : specs) {
        const Spec spec = parse_spec(text, size.value());
        if (spec.kind == SpecKind::broken || spec.kind == SpecKind::nothing_to_send) {
            return std::nullopt;
        }
        if (spec.kind == SpecKind::interval) {
            add_to(intervals, spec.interval);
        }
    }
    std::vector<ByteRange> ranges;
    for (const Interval& interval : intervals) {
        ranges.push_back(
            {ByteOffset(interval.first), ByteCount(interval.last - interval.first + 1)});
    }
    return ranges;
}

}  // namespace slipway::api
