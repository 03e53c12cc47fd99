#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace slipway {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kLongWeekdays = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

// Takes a date apart from the left. Once something is not as it must be, it stays failed.
class DateText {
 public:
    explicit DateText(std::string_view text) : rest_(text) {}

    void literal(std::string_view wanted) {
        if (!rest_.starts_with(wanted)) {
            failed_ = true;
            return;
        }
        rest_.remove_prefix(wanted.size());
    }
    // A number of exactly so many digits; the first may be a space where `padded`.
    int number(std::size_t digits, bool padded = false) {
        int value = 0;
        for (std::size_t i = 0; i < digits && !failed_; ++i) {
            const char c = rest_.empty() ? '\0' : rest_.front();
            const bool is_padding = padded && i == 0 && c == ' ';
            failed_ = !is_padding && (c < '0' || c > '9');
            value = value * 10 + (is_padding || failed_ ? 0 : c - '0');
            rest_.remove_prefix(failed_ ? 0 : 1);
        }
        return value;
    }
    // One of the names: its place in the list.
    template <std::size_t kCount>
    unsigned name(const std::array<std::string_view, kCount>& names) {
        const auto found = std::ranges::find_if(
            names, [this](std::string_view name) { return rest_.starts_with(name); });
        failed_ = failed_ || found == names.end();
        if (failed_) {
            return 0;
        }
        rest_.remove_prefix(found->size());
        return static_cast<unsigned>(found - names.begin());
    }
    void clock() {
        hours_ = number(2);
        literal(":");
        minutes_ = number(2);
        literal(":");
        seconds_ = number(2);
    }
    std::optional<WallTime> finish(int year_number, unsigned month_place, int day_number) const {
        const year_month_day date{year(year_number), month(month_place + 1),
                                  day(static_cast<unsigned>(day_number))};
        // 60: a leap second, which this clock does not know.
        const bool is_time = hours_ < 24 && minutes_ < 60 && seconds_ <= 60;
        if (failed_ || !rest_.empty() || !date.ok() || !is_time) {
            return std::nullopt;
        }
        return sys_days(date) + hours(hours_) + minutes(minutes_) + seconds(seconds_);
    }

 private:
    std::string_view rest_;
    bool failed_ = false;
    int hours_ = 0;
    int minutes_ = 0;
    int seconds_ = 0;
};

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<WallTime> parse_fixdate(std::string_view text) {
    DateText date(text);
    date.name(kWeekdays);
    date.literal(", ");
    const int day = date.number(2);
    date.literal(" ");
    const unsigned month = date.name(kMonths);
    date.literal(" ");
    const int year = date.number(4);
    date.literal(" ");
    date.clock();
    date.literal(" GMT");
    return date.finish(year, month, day);
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
std::optional<WallTime> parse_rfc850_date(std::string_view text) {
    DateText date(text);
    date.name(kLongWeekdays);
    date.literal(", ");
    const int day = date.number(2);
    date.literal("-");
    const unsigned month = date.name(kMonths);
    date.literal("-");
    const int year = date.number(2);
    date.literal(" ");
    date.clock();
    date.literal(" GMT");
    return date.finish(year + (year < 70 ? 2000 : 1900), month, day);
}

// "Sun Nov  6 08:49:37 1994"
std::optional<WallTime> parse_asctime_date(std::string_view text) {
    DateText date(text);
    date.name(kWeekdays);
    date.literal(" ");
    const unsigned month = date.name(kMonths);
    date.literal(" ");
    const int day = date.number(2, true);
    date.literal(" ");
    date.clock();
    date.literal(" ");
    return date.finish(date.number(4), month, day);
}

}  // namespace

std::string format_rfc3339(WallTime time) {
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()),
                  static_cast<int>(clock.subseconds().count()));
    return text.data();
}

std::string format_http_date(WallTime time) {
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<seconds>(time) - day);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  kWeekdays[weekday(day).c_encoding()].data(), static_cast<unsigned>(date.day()),
                  kMonths[static_cast<unsigned>(date.month()) - 1].data(),
                  static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

std::optional<WallTime> parse_http_date(std::string_view text) {
    if (auto date = parse_fixdate(text)) {
        return date;
    }
    if (auto date = parse_rfc850_date(text)) {
        return date;
    }
    return parse_asctime_date(text);
}

}  // namespace slipway
