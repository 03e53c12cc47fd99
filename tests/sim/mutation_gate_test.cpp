// The mutation gate: each seeded bug (base/seeded_bug.hpp) has to be found by the tests of this
// folder within a fixed budget, or the gate fails and names it. Without a bug they all pass. A
// green crash test proves nothing where this is red.
#include <gtest/gtest.h>

#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "adapters/memory/manual_clock.hpp"
#include "base/seeded_bug.hpp"
#include "engine/temporary/receive_files.hpp"
#include "sim/player.hpp"
#include "sim/random_script.hpp"
#include "sim/rocksdb_machine_catalog.hpp"
#include "sim/task_queue_simulation.hpp"
#include "sim/walk.hpp"
#include "support/engine_rig.hpp"
#include "telemetry/log.hpp"

namespace slipway::sim {
namespace {

constexpr std::uint64_t kSequences = 400;
constexpr std::size_t kTasks = 300;
constexpr std::uint64_t kTaskSeeds = 10;

// What a hunt found, and with what.
using Catch = std::optional<std::string>;

Catch hunt_with_model() {
    for (std::uint64_t seed = 1; seed <= kSequences; ++seed) {
        if (const auto played = play(random_script(seed)); played.complaint) {
            return "sequence " + std::to_string(seed) + ": " + *played.complaint;
        }
    }
    return std::nullopt;
}

Catch hunt_with_walks() {
    std::size_t runs = 0;
    for (const Script& script : chosen_scripts()) {
        const WalkResult result = walk(script);
        runs += result.runs;
        if (result.broken) {
            return "run " + std::to_string(runs) + " of the walks: " + result.complaint;
        }
    }
    return std::nullopt;
}

Catch hunt_with_tasks_of(std::uint64_t seed) {
    adapters::memory::ManualClock clock;
    const auto machine = rocksdb_task_machine(clock);
    TaskQueueSimulation run(*machine, clock, seed, kTasks);
    run.play();
    if (const auto& faults = run.oracle().faults(); !faults.empty()) {
        return "the task queue: " + faults.front();
    }
    return run.oracle().done() == kTasks ? std::nullopt : Catch("the task queue: tasks are lost");
}

Catch hunt_with_tasks() {
    for (std::uint64_t seed = 1; seed <= kTaskSeeds; ++seed) {
        if (auto found = hunt_with_tasks_of(seed)) {
            return found;
        }
    }
    return std::nullopt;
}

// Each call of one script fails once or is the last, over the real catalog.
Catch hunt_with_real_catalog() {
    Script script = chosen_scripts().front();
    for (bool fired = true; fired; ++script.fault.at) {
        for (const FaultKind kind : {FaultKind::error, FaultKind::crash_before}) {
            script.fault.kind = kind;
            const auto played = play(script, rocksdb_machine_catalog);
            fired = played.fault_fired;
            if (played.complaint) {
                return "the real catalog, call " + std::to_string(script.fault.at) + ": " +
                       *played.complaint;
            }
        }
    }
    return std::nullopt;
}

Task<engine::Outcome<std::vector<core::File>>> receive_form(engine::World& world,
                                                            std::string content) {
    engine::ReceiveFiles files(world, slipway::testing::EngineRig::context(), 10_MiB);
    auto done = co_await files.begin(
        {.name = "file", .content_type = {}, .stated = {}, .id = {}, .at_most = {}});
    if (done) {
        done = co_await files.write(std::as_bytes(std::span(content)));
    }
    if (done) {
        done = co_await files.end();
    }
    if (!done) {
        co_await files.discard();
        co_return std::unexpected(done.error());
    }
    co_return co_await files.keep({});
}

// A form into a store that has what was committed and nothing else. A local disk would have got the
// bytes from publish(), which syncs what it finds; no contract says so.
Catch hunt_with_forms() {
    slipway::testing::EngineRig rig;
    const std::string content(5'000, 'a');
    const auto kept = rig.run(receive_form(rig.world, content));
    if (!kept) {
        return "a form is refused: " + kept.error().detail;
    }
    const std::string stored = rig.content(kept->front().id);
    return stored == content ? std::nullopt : Catch("an answered form has other bytes");
}

bool is_of_the_writer(SeededBug bug) {
    return bug == SeededBug::commit_not_synced || bug == SeededBug::answered_before_commit ||
           bug == SeededBug::failed_commit_ignored;
}
bool is_of_the_queue(SeededBug bug) {
    return bug == SeededBug::fencing_not_checked || bug == SeededBug::heartbeat_without_token ||
           bug == SeededBug::checkpoint_not_stored;
}

Catch hunt(SeededBug bug) {
    if (is_of_the_queue(bug)) {
        return hunt_with_tasks();
    }
    if (is_of_the_writer(bug)) {
        return hunt_with_real_catalog();
    }
    if (bug == SeededBug::form_file_not_synced) {
        return hunt_with_forms();
    }
    if (auto found = hunt_with_model()) {
        return found;
    }
    return hunt_with_walks();
}

class MutationGate : public ::testing::TestWithParam<SeededBug> {
 protected:
    MutationGate() { telemetry::set_log_level(telemetry::Level::off); }
    ~MutationGate() override { seed_bug(SeededBug::none); }
};

std::string name_of(SeededBug bug) {
    return std::string(seeded_bug_names()[static_cast<std::size_t>(bug)]);
}

TEST_P(MutationGate, FindsTheBug) {
    seed_bug(GetParam());
    const Catch found = hunt(GetParam());
    ASSERT_TRUE(found) << name_of(GetParam()) << " survives: no test of the simulation finds it";
    std::printf("%s: %s\n", name_of(GetParam()).c_str(), found->c_str());
}

std::vector<SeededBug> all_bugs() {
    std::vector<SeededBug> bugs;
    for (std::size_t i = 1; i < seeded_bug_names().size(); ++i) {
        bugs.push_back(static_cast<SeededBug>(i));
    }
    return bugs;
}

INSTANTIATE_TEST_SUITE_P(All, MutationGate, ::testing::ValuesIn(all_bugs()),
                         [](const auto& info) { return name_of(info.param); });

TEST(MutationGateWithoutABug, FindsNothing) {
    EXPECT_GE(all_bugs().size(), 15U);
    EXPECT_EQ(hunt_with_model(), std::nullopt);
    EXPECT_EQ(hunt_with_tasks(), std::nullopt);
    EXPECT_EQ(hunt_with_real_catalog(), std::nullopt);
    EXPECT_EQ(hunt_with_forms(), std::nullopt);
}

}  // namespace
}  // namespace slipway::sim
