#include "cli/progress.hpp"

#include <gtest/gtest.h>

namespace slipway::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMiB = 1 << 20;

ProgressState half_way() {
    ProgressState state;
    state.total_bytes = 100 * kMiB;
    state.done_bytes = 50 * kMiB;
    state.per_second = 10.0 * kMiB;
    state.name = "video.mp4";
    return state;
}

TEST(RateMeter, MeasuresTheLastSeconds) {
    RateMeter meter;
    const RateMeter::Time start;
    EXPECT_EQ(meter.per_second(), 0);
    meter.sample(start, 0);
    EXPECT_EQ(meter.per_second(), 0);
    for (int i = 1; i <= 100; ++i) {
        meter.sample(start + i * 100ms, static_cast<std::uint64_t>(i) * 100);
    }
    EXPECT_NEAR(meter.per_second(), 1000, 1);
    // Then nothing moves: the rate falls to nothing within the window.
    for (int i = 101; i <= 160; ++i) {
        meter.sample(start + i * 100ms, 10'000);
    }
    EXPECT_EQ(meter.per_second(), 0);
}

TEST(RateMeter, BytesThatAreTakenBackAreNoRate) {
    RateMeter meter;
    meter.sample({}, 1000);
    meter.sample(RateMeter::Time(1s), 500);
    EXPECT_EQ(meter.per_second(), 0);
}

TEST(Progress, RemainingTime) {
    EXPECT_EQ(remaining_time(half_way()), 5s);
    auto state = half_way();
    state.per_second = 0;
    EXPECT_FALSE(remaining_time(state));
    state = half_way();
    state.per_second = 1;
    EXPECT_FALSE(remaining_time(state));
    state = half_way();
    state.done_bytes = state.total_bytes + 1;
    EXPECT_FALSE(remaining_time(state));
}

TEST(Progress, OneLine) {
    auto state = half_way();
    EXPECT_EQ(
        format_progress(state, 120),
        "[############------------]  50%  50.0 MiB/100.0 MiB  10.0 MiB/s  ETA 0:05  video.mp4");
    state.total_files = 3;
    state.done_files = 1;
    state.retries = 2;
    EXPECT_TRUE(format_progress(state, 160).contains("ETA 0:05  1/3 files  retries 2  video.mp4"));
}

TEST(Progress, TheBarAndTheNameGiveWay) {
    const auto state = half_way();
    EXPECT_EQ(format_progress(state, 70),
              " 50%  50.0 MiB/100.0 MiB  10.0 MiB/s  ETA 0:05  video.mp4");
    EXPECT_EQ(format_progress(state, 50), " 50%  50.0 MiB/100.0 MiB  10.0 MiB/s  ETA 0:05");
    for (std::size_t width = 0; width < 130; ++width) {
        const auto text = format_progress(state, width);
        // "…" is one column in three bytes.
        EXPECT_LE(text.size(), width + 2) << width;
    }
}

TEST(Progress, EdgesAreNotHundredPercentOfNothing) {
    ProgressState state;
    EXPECT_TRUE(format_progress(state, 100).contains("  0%"));
    state.done_files = 1;
    EXPECT_TRUE(format_progress(state, 100).contains("100%"));
    state = half_way();
    state.done_bytes = 3 * state.total_bytes;
    EXPECT_TRUE(format_progress(state, 100).contains("100%"));
}

TEST(Progress, NamesCannotBreakTheLine) {
    auto state = half_way();
    state.name = "a\x1b[2J\nb";
    EXPECT_TRUE(format_progress(state, 160).ends_with("  a?[2J?b"));
}

TEST(Progress, ShortensByCharacters) {
    EXPECT_EQ(shorten("abc", 3), "abc");
    EXPECT_EQ(shorten("abcd", 3), "ab…");
    EXPECT_EQ(shorten("ääää", 3), "ää…");
    EXPECT_EQ(shorten("ab", 1), "…");
    EXPECT_EQ(shorten("ab", 0), "");
}

}  // namespace
}  // namespace slipway::cli
