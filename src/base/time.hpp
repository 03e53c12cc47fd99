// Wall-clock time and its text forms. Where time comes from is ports/clock.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::int64_t unix_millis(WallTime time) {
    return time.time_since_epoch().count();
}
constexpr std::int64_t unix_seconds(WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}
constexpr WallTime from_unix_millis(std::int64_t value) {
    return WallTime(std::chrono::milliseconds(value));
}

// RFC 3339 in UTC with milliseconds: "2026-11-22T19:16:00.123Z".
std::string format_rfc3339(WallTime time);
// RFC 9110 section 5.6.7: "Sun, 22 Nov 2026 19:16:00 GMT".
std::string format_http_date(WallTime time);
// Any of the three forms that a recipient has to understand (the same section); nothing for another
// text. A year of two digits is one from 1970 to 2069.
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace slipway
