#include "cli/store/byte_span.hpp"

#include <algorithm>
#include <charconv>

namespace slipway::cli {

namespace {

// Nothing where there is no number; an empty text is none either.
std::optional<std::uint64_t> number_of(std::string_view text) {
    constexpr std::size_t kMostDigits = 18;
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
    return is_whole && text.size() <= kMostDigits ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<ByteSpan> parse_byte_span(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto before = text.substr(0, dash);
    const auto behind = text.substr(dash + 1);
    const ByteSpan span{number_of(before), number_of(behind)};
    const bool has_two = span.first && span.last && *span.first <= *span.last;
    const bool has_first = span.first && behind.empty();
    const bool has_count = before.empty() && span.last && *span.last > 0;
    return has_two || has_first || has_count ? std::optional(span) : std::nullopt;
}

std::optional<ByteRange> range_within(const ByteSpan& span, ByteCount size) {
    const std::uint64_t all = size.value();
    if (!span.first) {
        const std::uint64_t count = std::min(all, *span.last);
        return count == 0 ? std::nullopt
                          : std::optional(ByteRange{ByteOffset(all - count), ByteCount(count)});
    }
    if (*span.first >= all) {
        return std::nullopt;
    }
    const std::uint64_t end = span.last ? std::min(all, *span.last + 1) : all;
    return ByteRange{ByteOffset(*span.first), ByteCount(end - *span.first)};
}

}  // namespace slipway::cli
