// ByteSpan: which bytes of an object a person wants, as it is written: FIRST-LAST, FIRST- or
// -COUNT, as in a Range field (RFC 9110 section 14.1.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/units.hpp"

namespace slipway::cli {

struct ByteSpan {
    std::optional<std::uint64_t> first;  // nothing: the last `last` bytes
    std::optional<std::uint64_t> last;   // nothing: up to the end
};

// Nothing for anything else: LAST before FIRST, a COUNT of 0, more than 18 digits.
std::optional<ByteSpan> parse_byte_span(std::string_view text);

// The bytes that an object of this size has of it; nothing where it has none.
std::optional<ByteRange> range_within(const ByteSpan& span, ByteCount size);

}  // namespace slipway::cli
