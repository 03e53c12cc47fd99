// The progress of a transfer as one line of text: how much, how fast, how long still.
// Pure: the terminal that shows it is terminal_reporter.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace slipway::cli {

// Bytes per second over the last few seconds.
class RateMeter final {
 public:
    using Time = std::chrono::steady_clock::time_point;
    // How many bytes have moved in all by then.
    void sample(Time now, std::uint64_t total);
    double per_second() const;

 private:
    struct Sample {
        Time time;
        std::uint64_t total;
    };
    std::deque<Sample> samples_;
};

struct ProgressState {
    std::uint64_t total_bytes = 0;
    std::uint64_t done_bytes = 0;
    std::uint64_t total_files = 1;
    std::uint64_t done_files = 0;
    double per_second = 0;
    unsigned retries = 0;
    std::string name;
};

std::optional<std::chrono::seconds> remaining_time(const ProgressState& state);

// At most `width` columns; the bar and then the name give way when there is little room.
std::string format_progress(const ProgressState& state, std::size_t width);

// The first `columns` characters, the last of them "…" when something was cut off.
std::string shorten(const std::string& text, std::size_t columns);

}  // namespace slipway::cli
