#include "daemon/background.hpp"

#include <algorithm>
#include <array>

#include "engine/upload_tasks/task_names.hpp"
#include "runtime/group.hpp"

namespace slipway::daemon {

namespace {

using core::TaskKind;

// Files that are copied at once.
constexpr std::size_t kCopiers = 2;

engine::TaskWorkerOptions worker_options(engine::World& world, const BackgroundOptions& options,
                                         std::size_t count) {
    engine::TaskWorkerOptions workers;
    workers.owner = "slipwayd " + engine::random_task_id(world.random).to_string();
    workers.workers = count;
    workers.lease = options.lease;
    workers.poll = std::min({options.poll, options.sweep_interval, options.upkeep_interval});
    return workers;
}

}  // namespace

Background::Background(engine::World& world, BackgroundOptions options)
    : world_(world),
      workers_(world.tasks, world.clock, world.random,
               worker_options(world, options, options.workers)),
      copiers_(world.tasks, world.clock, world.random, worker_options(world, options, kCopiers)),
      sweep_(world),
      trash_(world),
      orphans_(world),
      scrub_(world),
      recurring_sweep_(sweep_, options.sweep_interval),
      recurring_trash_(trash_, options.upkeep_interval),
      recurring_orphans_(orphans_, options.upkeep_interval),
      recurring_scrub_(scrub_, options.scrub_interval),
      digest_(world),
      completion_(world),
      assembly_(world),
      copy_(world),
      verify_copies_(world),
      fail_over_(world),
      scan_copies_(world),
      recurring_scan_copies_(scan_copies_, options.copy_scan_interval) {
    workers_.handle(TaskKind::sweep, recurring_sweep_);
    workers_.handle(TaskKind::empty_trash, recurring_trash_);
    workers_.handle(TaskKind::collect_orphans, recurring_orphans_);
    workers_.handle(TaskKind::scrub, recurring_scrub_);
    workers_.handle(TaskKind::digest, digest_);
    workers_.handle(TaskKind::complete, completion_);
    workers_.handle(TaskKind::assemble, assembly_);
    copiers_.handle(TaskKind::copy_file, copy_);
    copiers_.handle(TaskKind::verify_copies, verify_copies_);
    workers_.handle(TaskKind::fail_over, fail_over_);
    workers_.handle(TaskKind::scan_copies, recurring_scan_copies_);
    world_.wake_workers = [this] {
        workers_.wake();
        copiers_.wake();
    };
}

Task<void> Background::run() {
    const auto both = co_await runtime::Group::open();
    both->spawn(workers_.run());
    both->spawn(copiers_.run());
    co_await both->wait();
}

void Background::stop() {
    workers_.stop();
    copiers_.stop();
}

Task<Result<>> Background::prepare(QueueUse use) {
    if (use == QueueUse::alone) {
        // The data directory is locked: every other owner is dead.
        const auto released = co_await world_.tasks.release_dead(
            engine::random_task_id(world_.random).to_string(), world_.clock.wall());
        if (!released) {
            co_return std::unexpected(released.error());
        }
    }
    for (const TaskKind kind : {TaskKind::sweep, TaskKind::empty_trash, TaskKind::collect_orphans,
                                TaskKind::scrub, TaskKind::scan_copies}) {
        // A scrub is not begun anew by a restart: its pass may take days.
        if (auto planned = co_await plan(kind, kind != TaskKind::scrub); !planned) {
            co_return planned;
        }
    }
    co_return Result<>();
}

Task<Result<>> Background::plan(TaskKind kind, bool at_once) {
    const std::string key = "upkeep/" + std::string(core::to_string(kind));
    const WallTime now = world_.clock.wall();
    core::NewTask wanted{.id = engine::random_task_id(world_.random),
                         .kind = kind,
                         .priority = core::TaskPriority::background,
                         .subject = key,
                         .payload = {},
                         .dedupe_key = key,
                         .created_at = now,
                         .not_before = std::nullopt};
    const auto enqueued = co_await world_.tasks.enqueue(std::move(wanted));
    if (!enqueued) {
        co_return std::unexpected(enqueued.error());
    }
    co_return enqueued->existed&& at_once ? co_await world_.tasks.wake(key, now) : Result<>();
}

}  // namespace slipway::daemon
