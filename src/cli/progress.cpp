#include "cli/progress.hpp"

#include <algorithm>
#include <cmath>

#include "cli/text.hpp"

namespace slipway::cli {

namespace {

constexpr std::chrono::seconds kWindow{5};
constexpr std::size_t kBarWidth = 24;
constexpr std::size_t kNameWidth = 40;

bool begins_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
}

std::size_t columns_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

double fraction_of(const ProgressState& state) {
    if (state.total_bytes == 0) {
        return state.done_files >= state.total_files ? 1.0 : 0.0;
    }
    return std::min(1.0,
                    static_cast<double>(state.done_bytes) / static_cast<double>(state.total_bytes));
}

std::string bar(double fraction) {
    const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(kBarWidth));
    return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '-') + "] ";
}

}  // namespace

void RateMeter::sample(Time now, std::uint64_t total) {
    samples_.push_back({now, total});
    while (samples_.size() > 2 && now - samples_[1].time >= kWindow) {
        samples_.pop_front();
    }
}

double RateMeter::per_second() const {
    if (samples_.size() < 2 || samples_.back().total <= samples_.front().total) {
        return 0;
    }
    const std::chrono::duration<double> span = samples_.back().time - samples_.front().time;
    const auto bytes = static_cast<double>(samples_.back().total - samples_.front().total);
    return span.count() > 0 ? bytes / span.count() : 0;
}

std::optional<std::chrono::seconds> remaining_time(const ProgressState& state) {
    if (state.per_second < 1 || state.done_bytes > state.total_bytes) {
        return std::nullopt;
    }
    const double seconds =
        static_cast<double>(state.total_bytes - state.done_bytes) / state.per_second;
    // Beyond a hundred hours the number says nothing.
    if (seconds > 360'000) {
        return std::nullopt;
    }
    return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(seconds)));
}

std::string shorten(const std::string& text, std::size_t columns) {
    if (columns_of(text) <= columns) {
        return text;
    }
    if (columns == 0) {
        return {};
    }
    std::size_t end = 0;
    for (std::size_t kept = 0; end < text.size(); ++end) {
        kept += begins_character(text[end]) ? 1 : 0;
        if (kept == columns) {
            break;
        }
    }
    return text.substr(0, end) + "…";
}

std::string format_progress(const ProgressState& state, std::size_t width) {
    const double fraction = fraction_of(state);
    const auto percent = static_cast<int>(fraction * 100);
    const auto eta = remaining_time(state);
    std::string text = std::string(percent < 10    ? "  "
                                   : percent < 100 ? " "
                                                   : "") +
                       std::to_string(percent) + "%  " + format_size(state.done_bytes) + "/" +
                       format_size(state.total_bytes) + "  " +
                       format_size(static_cast<std::uint64_t>(state.per_second)) + "/s  ETA " +
                       (eta ? format_duration(*eta) : "--:--");
    if (state.total_files > 1) {
        text += "  " + std::to_string(state.done_files) + "/" + std::to_string(state.total_files) +
                " files";
    }
    if (state.retries > 0) {
        text += "  retries " + std::to_string(state.retries);
    }
    if (text.size() + kBarWidth + 3 + 12 <= width) {
        text.insert(0, bar(fraction));
    }
    const auto name = printable(state.name);
    if (!name.empty() && text.size() + 10 <= width) {
        text += "  " + shorten(name, std::min(kNameWidth, width - text.size() - 2));
    }
    return shorten(text, width);
}

}  // namespace slipway::cli
