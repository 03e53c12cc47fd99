#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "base/encoding.hpp"

namespace slipway::cli {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// The bytes of the well-formed character that begins the text; 0 where none does.
std::size_t character_length(std::string_view text) {
    for (std::size_t length = 1; length <= std::min<std::size_t>(4, text.size()); ++length) {
        if (is_utf8(text.substr(0, length))) {
            return length;
        }
    }
    return 0;
}

// C0, DEL, C1, line and paragraph separators, and the bidirectional controls.
bool is_unprintable(std::string_view character) {
    if (character.size() == 1) {
        const auto byte = static_cast<unsigned char>(character[0]);
        return byte < 0x20 || byte == 0x7f;
    }
    if (character.size() == 2) {
        return character[0] == '\xc2' && static_cast<unsigned char>(character[1]) < 0xa0;
    }
    constexpr std::array<std::string_view, 13> kControls = {
        "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202b", "\u202c",
        "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"};
    return std::ranges::find(kControls, character) != kControls.end();
}

template <class Transform>
std::string by_character(std::string_view text, Transform transform) {
    std::string out;
    while (!text.empty()) {
        const auto length = character_length(text);
        out += length == 0 ? kReplacement : transform(text.substr(0, length));
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

// The number that begins the text, which is advanced past it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
    return by_character(text, [](std::string_view character) { return character; });
}

std::string printable(std::string_view text) {
    return by_character(text, [](std::string_view character) {
        return is_unprintable(character) ? std::string_view("?") : character;
    });
}

std::string format_size(std::uint64_t bytes) {
    constexpr std::array<const char*, 6> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) {
        return std::to_string(bytes) + " B";
    }
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    // 1023.95 would be printed as 1024.0.
    while (value >= 1023.95 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", value, kUnits[unit]);
    return text.data();
}

std::string format_duration(std::chrono::seconds duration) {
    const auto total = std::max<std::chrono::seconds::rep>(duration.count(), 0);
    const long long hours = total / 3600;
    const long long minutes = total / 60 % 60;
    const long long seconds = total % 60;
    std::array<char, 48> text{};
    if (hours > 0) {
        std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", hours, minutes, seconds);
    } else {
        std::snprintf(text.data(), text.size(), "%lld:%02lld", minutes, seconds);
    }
    return text.data();
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const auto number = take_number(text);
    if (!number) {
        return std::nullopt;
    }
    if (text.empty() || text == "B") {
        return number;
    }
    constexpr std::string_view kUnits = "KMGT";
    const char letter = text[0] >= 'a' ? static_cast<char>(text[0] - 'a' + 'A') : text[0];
    const auto unit = kUnits.find(letter);
    const auto rest = text.substr(1);
    if (unit == std::string_view::npos || (!rest.empty() && rest != "iB" && rest != "B")) {
        return std::nullopt;
    }
    const auto shift = 10 * (unit + 1);
    if (*number > (UINT64_MAX >> shift)) {
        return std::nullopt;
    }
    return *number << shift;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto number = take_number(text);
    // A thousand years, so that no unit overflows.
    if (!number || *number > 31'536'000'000ULL) {
        return std::nullopt;
    }
    const auto count = static_cast<std::int64_t>(*number);
    if (text == "ms") {
        return std::chrono::milliseconds(count);
    }
    if (text.empty() || text == "s") {
        return std::chrono::seconds(count);
    }
    if (text == "m") {
        return std::chrono::minutes(count);
    }
    if (text == "h") {
        return std::chrono::hours(count);
    }
    if (text == "d") {
        return std::chrono::days(count);
    }
    return std::nullopt;
}

}  // namespace slipway::cli
