// PassRig: the use cases over memory adapters with a task queue, and passes of the upkeep run as a
// worker would run them.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "engine/upkeep/recurring.hpp"
#include "support/engine_rig.hpp"

namespace slipway::testing {

class PassRig : public EngineRig {
 public:
    using EngineRig::EngineRig;

    // One run of the pass, under a lease; what it left as its checkpoint is kept for the next.
    Result<> run_pass(engine::Pass& pass) {
        core::NewTask wanted;
        wanted.id = TaskId(UploadId::Bytes{++tasks_});
        wanted.kind = core::TaskKind::scrub;
        wanted.created_at = clock.wall();
        EXPECT_TRUE(run(queue.enqueue(wanted)));
        auto task = run(queue.claim({.owner = "test",
                                     .kinds = {core::TaskKind::scrub},
                                     .now = clock.wall(),
                                     .lease_length = std::chrono::seconds(30)}));
        EXPECT_TRUE(task && *task);
        const core::TaskLease lease = core::lease_of(**task);
        if (!checkpoint.empty()) {
            task->value() = *run(queue.checkpoint(lease, checkpoint));
        }
        engine::TaskContext context(queue, **task, stopping);
        const auto passed = run(pass.run(context));
        checkpoint = context.task().checkpoint;
        EXPECT_TRUE(run(queue.finish(lease, "", clock.wall())));
        return passed;
    }

    // Claims the task of this kind that is due, runs it once and writes down how that ended.
    // Nothing where none is due.
    std::optional<engine::TaskOutcome> run_due(core::TaskKind kind, engine::TaskHandler& handler) {
        auto task = run(queue.claim({.owner = "test",
                                     .kinds = {kind},
                                     .now = clock.wall(),
                                     .lease_length = std::chrono::seconds(30)}));
        if (!task || !*task) {
            return std::nullopt;
        }
        const core::TaskLease lease = core::lease_of(**task);
        engine::TaskContext context(queue, std::move(**task), stopping);
        auto outcome = run(engine::run_or_give_up(handler, context));
        if (const auto* done = std::get_if<engine::TaskDone>(&outcome)) {
            EXPECT_TRUE(run(queue.finish(lease, done->result, clock.wall())));
        } else if (const auto* snoozed = std::get_if<engine::TaskSnoozed>(&outcome)) {
            EXPECT_TRUE(run(queue.snooze(lease, clock.wall() + snoozed->delay, clock.wall())));
        } else if (const auto* given_up = std::get_if<engine::TaskGivenUp>(&outcome)) {
            core::TaskFailure failure{.error = given_up->error.detail,
                                      .then = core::AfterFailure::give_up,
                                      .now = clock.wall(),
                                      .retry_at = clock.wall()};
            EXPECT_TRUE(run(queue.fail(lease, std::move(failure))));
        } else {
            EXPECT_TRUE(run(queue.snooze(lease, clock.wall(), clock.wall())));
        }
        return outcome;
    }

    core::File file_of(std::size_t parts, char seed) {
        core::PartPlan plan{.total_parts = static_cast<std::uint32_t>(parts),
                            .part_size = 4_KiB,
                            .file_size = ByteCount(parts * 4096)};
        const auto upload = create(plan);
        for (std::uint32_t n = 1; n <= parts; ++n) {
            EXPECT_TRUE(put(*upload, n,
                            text_of_size(4096, static_cast<char>(seed + static_cast<char>(n)))));
        }
        return *complete(upload->id);
    }

    std::atomic<bool> stopping{false};
    std::string checkpoint;

 private:
    std::uint8_t tasks_ = 0;
};

}  // namespace slipway::testing
