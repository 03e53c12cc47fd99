// Files on their way into an S3Store in a world of trouble, one for each seed: over the fake as a
// unit test, 1,000 of them in the long torture; over real stores by test_s3_servers.py.
// SLIPWAY_SEED and SLIPWAY_RUNS choose others.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "sim/torture.hpp"
#include "stores/seeded_run.hpp"

namespace slipway::stores {
namespace {

// So many share a world: what one leaves behind, another could stumble over.
constexpr unsigned kRunsInAWorld = 50;

std::uint64_t setting(const char* name, std::uint64_t fallback) {
    const char* value = std::getenv(name);
    return value == nullptr ? fallback : std::strtoull(value, nullptr, 10);
}

std::uint64_t usual_runs() {
    const bool is_long = sim::is_long_torture();
    if (!is_over_the_fake()) {
        return is_long ? 100 : 10;
    }
    return is_long ? 1'000 : sim::is_sanitized() ? 30 : 200;
}

TEST(S3StoreSeeds, NothingIsLostAndNothingIsWrong) {
    const std::uint64_t first = setting("SLIPWAY_SEED", 1);
    const std::uint64_t runs = setting("SLIPWAY_RUNS", usual_runs());
    RunCounts counts;
    unsigned faults = 0;
    std::unique_ptr<SeededWorld> world;
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        SCOPED_TRACE("SLIPWAY_SEED=" + std::to_string(seed) + " SLIPWAY_RUNS=1");
        if (!world || (seed - first) % kRunsInAWorld == 0) {
            faults += world ? world->faults() : 0;
            world = make_seeded_world();
        }
        SeededRun(*world, seed, counts).play();
        if (HasFailure()) {
            break;
        }
    }
    faults += world->faults();
    std::cout << runs << " runs from seed " << first << ": " << faults << " faults, "
              << counts.published << " files published, " << counts.aborted << " aborted, "
              << counts.overwritten << " overwritten parts found, " << counts.repeated_parts
              << " parts sent again, " << counts.restarts << " restarts\n";
    if (runs >= 10 && !HasFailure()) {
        EXPECT_GE(faults, runs / 2) << "the trouble has to have come";
        EXPECT_GE(counts.published, runs / 2);
    }
}

}  // namespace
}  // namespace slipway::stores
