// Failure is walked, not sampled: scripts of up to three operations, with every call to the disk
// failing in every way (walk.hpp).
// SLIPWAY_TORTURE=short walks the chosen scripts, long all 1,110; SLIPWAY_SIM_SHARD=I/N every Nth
// of them from the Ith on.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "sim/torture.hpp"
#include "sim/walk.hpp"

namespace slipway::sim {
namespace {

void walk_all(const std::vector<Script>& scripts) {
    std::size_t calls = 0;
    std::size_t runs = 0;
    std::size_t walked = 0;
    const Shard shard = this_shard();
    for (std::size_t i = shard.index; i < scripts.size(); i += shard.count) {
        const WalkResult result = walk(scripts[i]);
        ASSERT_FALSE(result.broken) << result.complaint << "\n    " << to_code(*result.broken);
        ++walked;
        calls += result.calls;
        runs += result.runs;
    }
    std::printf("%zu scripts, %zu calls, %zu runs with a fault each\n", walked, calls, runs);
    EXPECT_GT(runs, 16 * calls);
}

TEST(SimWalk, EveryCallOfTheChosenScriptsFailsInEveryWay) {
    std::vector<Script> scripts = chosen_scripts();
    if (is_sanitized()) {
        scripts.resize(2);
    }
    walk_all(scripts);
}

TEST(SimWalk, RecoveryFromEveryCallMayCrashAtEveryCall) {
    std::vector<Script> scripts = chosen_scripts();
    scripts.resize(is_long_torture() ? scripts.size() : 2);
    std::size_t runs = 0;
    for (const Script& script : scripts) {
        const WalkResult result = walk_recovery(script);
        ASSERT_FALSE(result.broken) << result.complaint << "\n    " << to_code(*result.broken);
        runs += result.runs;
        if (is_sanitized()) {
            break;
        }
    }
    std::printf("%zu runs with two crashes each\n", runs);
    EXPECT_GT(runs, 500U);
}

TEST(SimWalk, EveryCallOfEveryScriptFailsInEveryWay) {
    const auto scripts = all_scripts(3);
    EXPECT_EQ(scripts.size(), 1110U);
    if (!is_long_torture()) {
        GTEST_SKIP() << "with SLIPWAY_TORTURE=long";
    }
    walk_all(scripts);
}

}  // namespace
}  // namespace slipway::sim
