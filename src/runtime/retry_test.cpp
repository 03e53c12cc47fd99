#include "runtime/retry.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "runtime/run_blocking.hpp"

namespace slipway::runtime {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

struct Recorder {
    std::vector<milliseconds> slept;
    std::vector<unsigned> noticed;
    std::vector<unsigned> attempts;
};

Task<void> record_sleep(Recorder& recorder, milliseconds delay) {
    recorder.slept.push_back(delay);
    co_return;
}

RetryWorld world_of(Recorder& recorder, double uniform) {
    return RetryWorld{[uniform] { return uniform; },
                      [&recorder](milliseconds delay) { return record_sleep(recorder, delay); },
                      [&recorder](const RetryNotice& notice) {
                          recorder.noticed.push_back(notice.attempt);
                          EXPECT_EQ(notice.error->detail, "scripted");
                      }};
}

Tried<int> failing(Again again, milliseconds not_before = 0ms) {
    return {failure(Errc::unavailable, "scripted"), again, not_before};
}

// Answers the script's entries in turn, the last one for ever.
Task<Tried<int>> play(Recorder& recorder, const std::vector<Tried<int>>& script, unsigned number) {
    recorder.attempts.push_back(number);
    co_return script[std::min<std::size_t>(number, script.size()) - 1];
}

Result<int> run(RetryPolicy policy, Recorder& recorder, const std::vector<Tried<int>>& script,
                double uniform = 0.5) {
    return run_blocking(retry<int>(policy, world_of(recorder, uniform), [&](unsigned number) {
        return play(recorder, script, number);
    }));
}

TEST(Backoff, GrowsToItsCapAndIsUniformBelow) {
    const RetryPolicy policy{.base = 100ms, .max = 1000ms, .max_attempts = 10};
    EXPECT_EQ(backoff_delay(policy, 1, 0.999999), 100ms);
    EXPECT_EQ(backoff_delay(policy, 2, 0.999999), 200ms);
    EXPECT_EQ(backoff_delay(policy, 4, 0.999999), 800ms);
    EXPECT_EQ(backoff_delay(policy, 5, 0.999999), 1000ms);
    EXPECT_EQ(backoff_delay(policy, 4'000'000'000U, 0.999999), 1000ms);
    EXPECT_EQ(backoff_delay(policy, 4, 0.0), 0ms);
    EXPECT_EQ(backoff_delay(policy, 4, 0.25), 200ms);
}

TEST(Backoff, ABaseAboveTheCapIsTheCap) {
    EXPECT_EQ(backoff_delay({.base = 5000ms, .max = 1000ms, .max_attempts = 1}, 1, 0.999999),
              1000ms);
}

TEST(Retry, ASuccessIsFinal) {
    Recorder recorder;
    EXPECT_EQ(run({}, recorder, {{.result = 7}}), 7);
    EXPECT_EQ(recorder.attempts, std::vector<unsigned>{1});
    EXPECT_TRUE(recorder.slept.empty());
}

TEST(Retry, AFailureThatSaysNoIsFinal) {
    Recorder recorder;
    EXPECT_FALSE(run({}, recorder, {failing(Again::no), {.result = 7}}));
    EXPECT_EQ(recorder.attempts.size(), 1U);
}

TEST(Retry, WaitsLongerEachTimeAndThenSucceeds) {
    Recorder recorder;
    const RetryPolicy policy{.base = 100ms, .max = 300ms, .max_attempts = 10};
    EXPECT_EQ(run(policy, recorder,
                  {failing(Again::yes), failing(Again::yes), failing(Again::yes), {.result = 7}}),
              7);
    EXPECT_EQ(recorder.slept, (std::vector<milliseconds>{50ms, 100ms, 150ms}));
    EXPECT_EQ(recorder.noticed, (std::vector<unsigned>{1, 2, 3}));
}

TEST(Retry, TheAttemptsAreBounded) {
    for (unsigned bound = 1; bound < 5; ++bound) {
        Recorder recorder;
        EXPECT_FALSE(run({.max_attempts = bound}, recorder, {failing(Again::yes)}));
        EXPECT_EQ(recorder.attempts.size(), bound);
        EXPECT_EQ(recorder.slept.size(), bound - 1);
    }
}

TEST(Retry, UncountedFailuresDoNotUseUpAttempts) {
    Recorder recorder;
    const std::vector<Tried<int>> script = {failing(Again::uncounted), failing(Again::uncounted),
                                            failing(Again::yes),       failing(Again::uncounted),
                                            failing(Again::yes),       {.result = 7}};
    EXPECT_FALSE(run({.max_attempts = 2}, recorder, script));
    EXPECT_EQ(recorder.attempts.size(), 5U);
}

TEST(Retry, TheWishOfThePeerIsALowerBound) {
    Recorder recorder;
    const RetryPolicy policy{.base = 100ms, .max = 1000ms, .max_attempts = 3};
    EXPECT_EQ(run(policy, recorder,
                  {failing(Again::yes, 5000ms), failing(Again::yes, 1ms), {.result = 7}}),
              7);
    EXPECT_EQ(recorder.slept, (std::vector<milliseconds>{5000ms, 100ms}));
}

TEST(Retry, TheRealWorldIsRandomAndSleeps) {
    const auto world = real_retry_world();
    for (int i = 0; i < 100; ++i) {
        const double value = world.random();
        EXPECT_TRUE(value >= 0.0 && value < 1.0);
    }
    const auto before = std::chrono::steady_clock::now();
    const auto slept = run_blocking(
        retry<int>({.base = 1ms, .max = 1ms, .max_attempts = 2}, world, [](unsigned number) {
            static Recorder recorder;
            static const std::vector<Tried<int>> script = {failing(Again::yes, 20ms),
                                                           {.result = 1}};
            return play(recorder, script, number);
        }));
    EXPECT_TRUE(slept);
    EXPECT_GE(std::chrono::steady_clock::now() - before, 20ms);
}

}  // namespace
}  // namespace slipway::runtime
