// The simulated machine with the real embedded catalog in it: that the engine and the store keep
// the promises together with RocksDB's log as it is, and not only with the one of the simulation.
// A run costs a hundred times as much, so there are few: 15 sequences and crashes at every third
// call of one script; with SLIPWAY_TORTURE=long 2,000, and at every call of all chosen ones.
#include <gtest/gtest.h>

#include <cstdio>

#include "sim/player.hpp"
#include "sim/random_script.hpp"
#include "sim/rocksdb_machine_catalog.hpp"
#include "sim/torture.hpp"
#include "sim/walk.hpp"

namespace slipway::sim {
namespace {

TEST(RocksDbSim, RandomSequencesKeepThePromises) {
    const std::uint64_t count = is_long_torture() ? 2'000 : is_sanitized() ? 5 : 15;
    std::size_t crashes = 0;
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        const Script script = random_script(seed);
        const auto result = play(script, rocksdb_machine_catalog);
        ASSERT_FALSE(result.complaint) << *result.complaint << "\n" << to_code(script);
        crashes += result.crashes;
    }
    std::printf("%llu sequences, %zu crashes\n", static_cast<unsigned long long>(count), crashes);
}

// Before and after each call, killed and without power.
TEST(RocksDbSim, AScriptMayCrashAtEveryCall) {
    std::vector<Script> scripts = chosen_scripts();
    scripts.resize(is_long_torture() ? scripts.size() : 1);
    std::size_t runs = 0;
    for (Script script : scripts) {
        for (bool fired = true; fired; ++script.fault.at) {
            for (const FaultKind kind : {FaultKind::crash_before, FaultKind::crash_after}) {
                for (const bool power : {false, true}) {
                    script.fault.kind = kind;
                    script.restart.power = power;
                    const auto result = play(script, rocksdb_machine_catalog);
                    ASSERT_FALSE(result.complaint) << *result.complaint << "\n" << to_code(script);
                    fired = result.fault_fired;
                    ++runs;
                }
            }
            script.fault.at += is_long_torture() ? 0U : 2U;
        }
        script.fault.at = 1;
    }
    std::printf("%zu runs with a crash each\n", runs);
}

}  // namespace
}  // namespace slipway::sim
