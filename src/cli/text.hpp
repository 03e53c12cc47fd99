// Text for people and from people: names that are safe to print, sizes, durations.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::cli {

// Well-formed UTF-8: every byte that is not part of it becomes U+FFFD.
std::string valid_utf8(std::string_view text);

// Fit for a terminal: valid UTF-8 in which control characters and those that turn the direction of
// writing are '?'.
std::string printable(std::string_view text);

// "512 B", "1.5 KiB", "12.0 GiB".
std::string format_size(std::uint64_t bytes);

// "0:07", "12:03", "3:05:09".
std::string format_duration(std::chrono::seconds duration);

// "123", "64k", "8M", "8MiB", "1.5" is none: binary units K, M, G, T with or without "iB" or "B".
// Nothing for anything else.
std::optional<std::uint64_t> parse_size(std::string_view text);

// "30", "30s", "500ms", "5m", "1h", "30d". Nothing for anything else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace slipway::cli
