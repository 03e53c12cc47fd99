// Background: the work that nobody waits for: the pool of task workers with a handler for every
// kind, and the recurring tasks of the upkeep.
#pragma once

#include <chrono>
#include <cstddef>

#include "engine/copies/copy_task.hpp"
#include "engine/copies/fail_over_task.hpp"
#include "engine/copies/scan_copies.hpp"
#include "engine/copies/verify_copies.hpp"
#include "engine/task_workers.hpp"
#include "engine/upkeep/collect_orphans.hpp"
#include "engine/upkeep/empty_trash.hpp"
#include "engine/upkeep/recurring.hpp"
#include "engine/upkeep/scrub.hpp"
#include "engine/upkeep/sweep_pass.hpp"
#include "engine/upload_tasks/assembly_task.hpp"
#include "engine/upload_tasks/completion_task.hpp"
#include "engine/upload_tasks/digest_task.hpp"
#include "engine/world.hpp"

namespace slipway::daemon {

// Whether other processes use the same queue.
enum class QueueUse { alone, shared };

struct BackgroundOptions {
    std::size_t workers = 4;
    std::chrono::milliseconds poll{1'000};
    std::chrono::milliseconds lease{0};
    std::chrono::milliseconds sweep_interval{0};
    std::chrono::milliseconds upkeep_interval{0};
    std::chrono::milliseconds scrub_interval{0};
    std::chrono::milliseconds copy_scan_interval{0};
};

class Background {
 public:
    // The world outlives it.
    Background(engine::World& world, BackgroundOptions options);

    // On start, before run(): the recurring tasks exist. Where nobody else uses the queue, those of
    // the process that ended are given back; else they wait for their leases to end, as nobody can
    // tell which owners live.
    Task<Result<>> prepare(QueueUse use);
    // Until stop(). Once.
    Task<void> run();
    // Thread-safe, idempotent.
    void stop();

    // With the figures of the queue.
    const engine::TaskWorkers& workers() const { return workers_; }
    std::size_t running() const { return workers_.running() + copiers_.running(); }

 private:
    Task<Result<>> plan(core::TaskKind kind, bool at_once);

    engine::World& world_;
    engine::TaskWorkers workers_;
    // Of their own: a store for copies that hangs holds up nothing else.
    engine::TaskWorkers copiers_;
    engine::SweepPass sweep_;
    engine::EmptyTrash trash_;
    engine::CollectOrphans orphans_;
    engine::Scrub scrub_;
    engine::Recurring recurring_sweep_;
    engine::Recurring recurring_trash_;
    engine::Recurring recurring_orphans_;
    engine::Recurring recurring_scrub_;
    engine::DigestTask digest_;
    engine::CompletionTask completion_;
    engine::AssemblyTask assembly_;
    engine::CopyTask copy_;
    engine::VerifyCopies verify_copies_;
    engine::FailOverTask fail_over_;
    engine::ScanCopies scan_copies_;
    engine::Recurring recurring_scan_copies_;
};

}  // namespace slipway::daemon
