#include "adapters/s3/answer_time.hpp"

#include <algorithm>
#include <string>

namespace slipway::adapters::s3 {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    for (const char c : text) {
        if (!is_digit(c)) {
            return std::nullopt;
        }
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value;
}

// "hh:mm:ss" behind a date; 60 seconds are a leap second.
std::optional<WallTime> at(std::chrono::year_month_day date, std::string_view clock) {
    const auto hours = number(clock.substr(0, 2));
    const auto minutes = number(clock.substr(3, 2));
    const auto seconds = number(clock.substr(6, 2));
    const bool fits = clock[2] == ':' && clock[5] == ':' && hours && minutes && seconds &&
                      *hours < 24 && *minutes < 60 && *seconds <= 60 && date.ok();
    if (!fits) {
        return std::nullopt;
    }
    return std::chrono::sys_days(date) + std::chrono::hours(*hours) +
           std::chrono::minutes(*minutes) + std::chrono::seconds(*seconds);
}

std::chrono::year_month_day date_of(unsigned year, unsigned month, unsigned day) {
    return {std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
            std::chrono::day(day)};
}

// "Z" or ".123Z": milliseconds, what is finer is cut off.
std::optional<std::chrono::milliseconds> fraction(std::string_view text) {
    if (!text.ends_with('Z')) {
        return std::nullopt;
    }
    text.remove_suffix(1);
    if (text.empty()) {
        return std::chrono::milliseconds(0);
    }
    const auto digits = text.substr(1);
    if (text.front() != '.' || digits.empty() || !std::ranges::all_of(digits, is_digit)) {
        return std::nullopt;
    }
    std::string padded(digits);
    padded.resize(3, '0');
    return std::chrono::milliseconds(*number(padded));
}

}  // namespace

std::optional<WallTime> parse_rfc3339(std::string_view text) {
    constexpr std::size_t kSeconds = std::string_view("2026-11-22T19:16:00").size();
    if (text.size() <= kSeconds || text[4] != '-' || text[7] != '-' || text[10] != 'T') {
        return std::nullopt;
    }
    const auto year = number(text.substr(0, 4));
    const auto month = number(text.substr(5, 2));
    const auto day = number(text.substr(8, 2));
    const auto millis = fraction(text.substr(kSeconds));
    if (!year || !month || !day || !millis) {
        return std::nullopt;
    }
    const auto seconds = at(date_of(*year, *month, *day), text.substr(11, 8));
    return seconds ? std::optional(*seconds + *millis) : std::nullopt;
}

}  // namespace slipway::adapters::s3
