// The ranges that a Range field asks for (RFC 9110 section 14.1.2), as far as they lie in a file.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace slipway::api {

// More than this are answered with the whole: each costs a head of its own in the answer.
inline constexpr std::size_t kMaxRanges = 16;

// Those that lie in a file of this size, in the order of the field; ranges that overlap or touch
// are one, at the place of the first. An empty list: none of them can be satisfied. Nothing: the
// field is to be ignored, because it does not parse, is in another unit, names more than
// kMaxRanges, or because the end of an empty file has no bytes to send.
std::optional<std::vector<ByteRange>> parse_byte_ranges(std::string_view field, ByteCount size);

}  // namespace slipway::api
