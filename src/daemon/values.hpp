// The text forms of settings' values: sizes ("64MiB"), durations ("30s"), addresses ("HOST:PORT").
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "daemon/config.hpp"

namespace slipway::daemon {

std::optional<std::uint64_t> parse_number(std::string_view text);
// A decimal fraction from 0 to 1: digits, and a dot and digits behind it if need be.
std::optional<double> parse_fraction(std::string_view text);
std::string format_fraction(double fraction);
// A whole number with B, KiB, MiB, GiB or TiB; without a unit, bytes.
std::optional<ByteCount> parse_size(std::string_view text);
std::string format_size(ByteCount size);
// A whole number with ms, s, m, h or d.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
std::string format_duration(std::chrono::milliseconds duration);
// "HOST:PORT", "[IPv6]:PORT"; the port may be 0.
std::optional<ListenAddress> parse_address(std::string_view text);
std::string format_address(const ListenAddress& address);
// "A,B": the parts between commas; of empty text none.
std::vector<std::string> addresses(std::string_view text);

}  // namespace slipway::daemon
