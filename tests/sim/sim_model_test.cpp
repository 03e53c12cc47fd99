// Random sequences of operations, crashes and failing calls, held against the reference model
// (upload_model.hpp). A failure is shrunk and printed as a script for a regression test.
// SLIPWAY_TORTURE=short plays 1,000 sequences, long a million, SLIPWAY_SIM_SEQUENCES=N as many;
// SLIPWAY_SIM_SEED=N only that one.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/player.hpp"
#include "sim/random_script.hpp"
#include "sim/shrink.hpp"
#include "sim/torture.hpp"

namespace slipway::sim {
namespace {

std::uint64_t sequences() {
    const char* setting = std::getenv("SLIPWAY_SIM_SEQUENCES");
    return setting != nullptr  ? std::stoull(setting)
           : is_long_torture() ? 1'000'000
           : is_sanitized()    ? 200
                               : 1'000;
}

bool fails(const Script& script) {
    return play(script).complaint.has_value();
}

std::string report(const Script& script, const std::string& complaint) {
    const Script smallest = shrink(script, fails);
    return complaint + "\nSLIPWAY_SIM_SEED=" + std::to_string(script.seed) +
           " repeats it; shrunk (" + *play(smallest).complaint + "):\n    EXPECT_TRUE(holds(" +
           to_code(smallest) + "));\n";
}

// A line now and then, so that a long run is seen to be alive, and how far it came.
class Progress {
 public:
    void tell(std::uint64_t played) {
        const auto now = std::chrono::steady_clock::now();
        if (is_long_torture() && now - told_ > std::chrono::seconds(20)) {
            told_ = now;
            std::printf("%llu sequences so far\n", static_cast<unsigned long long>(played));
            std::fflush(stdout);
        }
    }

 private:
    std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
};

testing::AssertionResult holds(const Script& script) {
    const auto result = play(script);
    return result.complaint ? testing::AssertionFailure() << report(script, *result.complaint)
                            : testing::AssertionSuccess();
}

TEST(SimModel, RandomSequencesKeepThePromises) {
    const char* only = std::getenv("SLIPWAY_SIM_SEED");
    if (only != nullptr) {
        ASSERT_TRUE(holds(random_script(std::stoull(only))));
        return;
    }
    const std::uint64_t count = sequences();
    const Shard shard = this_shard();
    std::uint64_t played = 0;
    const auto began = std::chrono::steady_clock::now();
    Progress progress;
    std::size_t crashes = 0;
    std::size_t faults = 0;
    for (std::uint64_t seed = 1 + shard.index; seed <= count; seed += shard.count) {
        const Script script = random_script(seed);
        const auto result = play(script);
        ++played;
        progress.tell(played);
        crashes += result.crashes;
        faults += result.faults;
        if (result.complaint) {
            FAIL() << report(script, *result.complaint);
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::printf("%llu sequences, %zu crashes, %zu faults, %.0f sequences/s\n",
                static_cast<unsigned long long>(played), crashes, faults,
                static_cast<double>(played) / took.count());
    EXPECT_GT(crashes, played / 5);
    EXPECT_GT(faults, played / 3);
}

// A process that was killed right after unlink(2) finds no name when it starts, and removed none: a
// loss of power later brings the blob back. Its record must not have been forgotten until then.
TEST(SimModel, AForgottenUploadLeavesNoBlob) {
    EXPECT_TRUE(holds(Script{.steps = {{.op = Op::create},
                                       {.op = Op::abort,
                                        .fault = {.kind = FaultKind::crash_after, .at = 5},
                                        .restart = {.power = false}},
                                       {.op = Op::forget}},
                             .seed = 1U}));
}

// Where the file system cannot rename without replacing, a file is linked and its old name removed:
// the two directories may reach the disk in the wrong order, and the file must not be lost.
TEST(SimModel, AFileHasANameWhicheverDirectoryReachesTheDiskFirst) {
    for (std::size_t at = 1; at <= 24; ++at) {
        for (const bool power : {false, true}) {
            const Restart first{.power = power, .cut = {.kept = Kept::newest}};
            EXPECT_TRUE(holds(
                Script{.steps = {{.op = Op::create, .shape = Shape::empty},
                                 {.op = Op::complete,
                                  .fault = {.kind = FaultKind::crash_after, .at = at},
                                  .restart = first},
                                 {.op = Op::restart, .restart = {.cut = {.kept = Kept::newest}}}},
                       .features = {.rename_noreplace = false}}));
        }
    }
}

// The second part begins at any turn of the first, and goes on for any number of them while the
// first is being synced. What was acknowledged survives the loss of power at the end.
TEST(SimModel, TwoPartsAreOnTheirWayInEveryInterleaving) {
    constexpr std::uint8_t kTurns = 28;
    for (std::uint8_t lag = 0; lag < kTurns; ++lag) {
        for (std::uint8_t turns = 0; turns < kTurns; ++turns) {
            const Beside second{.op = Op::put, .part = 1, .lag = lag, .turns_in_sync = turns};
            ASSERT_TRUE(holds(
                Script{.steps = {{.op = Op::create}, {.op = Op::put, .part = 2, .with = second}}}));
        }
    }
}

// Whichever operation the crash finds in the middle: what was answered before it is true.
TEST(SimModel, ACrashFindsTwoOperationsOnTheirWay) {
    for (const Op op : {Op::put, Op::complete, Op::abort}) {
        for (std::uint8_t lag = 0; lag < 28; lag += 4) {
            bool fired = true;
            for (std::size_t at = 1; fired; ++at) {
                Script script{.steps = {{.op = Op::create},
                                        {.op = Op::put, .part = 1},
                                        {.op = Op::put, .part = 2, .with = Beside{.op = op}}},
                              .fault = {.kind = FaultKind::crash_after, .at = at},
                              .prepared = 2};
                script.steps.back().with->lag = lag;
                ASSERT_TRUE(holds(script));
                fired = play(script).fault_fired;
            }
        }
    }
}

TEST(SimModel, TheSameSeedMakesTheSameRun) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        const Script script = random_script(seed);
        const auto first = play(script);
        EXPECT_EQ(first.trace, play(script).trace) << "seed " << seed;
        EXPECT_NE(first.trace, 0U);
    }
    EXPECT_NE(play(random_script(1)).trace, play(random_script(2)).trace);
}

TEST(SimModel, ShrinkingFindsTheSmallestScript) {
    Script script = random_script(7);
    script.steps.insert(script.steps.begin() + 2, {.op = Op::remove, .upload = 1, .part = 3});
    script.steps.push_back(
        {.op = Op::read, .part = 2, .fault = {.kind = FaultKind::error, .at = 9}});
    script.steps.push_back({.op = Op::put, .with = Beside{.op = Op::abort, .part = 2, .lag = 9}});
    const auto has = [](const Script& candidate, Op op) {
        for (const Step& step : candidate.steps) {
            if (step.op == op) {
                return true;
            }
        }
        return false;
    };
    const Script smallest = shrink(script, [&](const Script& candidate) {
        if (!has(candidate, Op::remove) || !has(candidate, Op::read)) {
            return false;
        }
        const auto& with = candidate.steps.back().with;
        return with && with->op == Op::abort && with->lag >= 3;
    });
    EXPECT_EQ(to_code(smallest),
              "Script{.steps = {\n            {.op = Op::remove},\n            {.op = Op::read},\n "
              "           "
              "{.op = Op::put, .with = Beside{.op = Op::abort, .lag = 3}},},\n"
              "        .seed = 1U}");
}

}  // namespace
}  // namespace slipway::sim
