#include "engine/copies/disaster_recovery.hpp"

#include "engine/copies/copy_requests.hpp"
#include "engine/copies/fail_over_task.hpp"
#include "engine/copies/scan_copies.hpp"
#include "engine/copies/verify_copies.hpp"
#include "engine/upload_tasks/task_names.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr std::size_t kPageSize = 500;
constexpr std::size_t kMostFailures = 100;

}  // namespace

Result<> DisasterRecovery::require_store() const {
    return world_.stores.dr() != nullptr ? Result<>()
                                         : failure(Errc::not_found, "no store has the role \"dr\"");
}

Task<Result<CopiesStatus>> DisasterRecovery::status() {
    if (auto required = require_store(); !required) {
        co_return std::unexpected(required.error());
    }
    CopiesStatus status;
    status.store = world_.stores.dr()->name();
    if (const ports::Store* active = world_.stores.active()) {
        status.active = active->name();
    }
    ports::PageRequest request{.after = std::nullopt, .limit = kPageSize};
    do {
        const auto page = co_await world_.catalog.list_all_files(request);
        if (!page) {
            co_return std::unexpected(page.error());
        }
        for (const core::File& file : page->items) {
            if (auto counted = co_await count(file, status); !counted) {
                co_return std::unexpected(counted.error());
            }
        }
        request.after = page->next;
    } while (request.after);
    auto verified = co_await report(kVerifyKey);
    auto failed_over = co_await report(kFailOverKey);
    if (!verified || !failed_over) {
        co_return std::unexpected(verified ? failed_over.error() : verified.error());
    }
    status.verify = std::move(*verified);
    status.fail_over = std::move(*failed_over);
    co_return status;
}

Task<Result<>> DisasterRecovery::count(core::File file, CopiesStatus& status) {
    ++status.files;
    if (!lacks_copy(world_, file)) {
        status.copied += file.damaged_at ? 0U : 1U;
        co_return Result<>();
    }
    ++status.pending;
    if (!status.oldest_pending || file.completed_at < *status.oldest_pending) {
        status.oldest_pending = file.completed_at;
    }
    const auto task = co_await world_.tasks.find_by_key(copy_key(file.id));
    if (!task) {
        co_return task.error().code == Errc::not_found ? Result<>() : std::unexpected(task.error());
    }
    if (task->last_error.empty() || task->status == core::TaskStatus::done) {
        co_return Result<>();
    }
    ++status.failed;
    if (status.failures.size() < kMostFailures) {
        status.failures.push_back({.file = file.id,
                                   .error = task->last_error,
                                   .attempts = task->attempts,
                                   .given_up = task->status == core::TaskStatus::dead});
    }
    co_return Result<>();
}

Task<Result<std::optional<WalkReport>>> DisasterRecovery::report(std::string_view key) {
    const auto task = co_await world_.tasks.find_by_key(std::string(key));
    if (!task && task.error().code == Errc::not_found) {
        co_return std::nullopt;
    }
    if (!task) {
        co_return std::unexpected(task.error());
    }
    co_return WalkReport{.status = task->status,
                         .payload = task->payload,
                         .tally = WalkTally::parse(task->result),
                         .error = task->last_error};
}

Task<Result<bool>> DisasterRecovery::enqueue(core::TaskKind kind, std::string_view key,
                                             std::string payload) {
    core::NewTask wanted{.id = random_task_id(world_.random),
                         .kind = kind,
                         .priority = core::TaskPriority::normal,
                         .subject = std::string(key),
                         .payload = std::move(payload),
                         .dedupe_key = std::string(key),
                         .created_at = world_.clock.wall(),
                         .not_before = std::nullopt};
    const auto enqueued = co_await world_.tasks.enqueue(std::move(wanted));
    if (!enqueued) {
        co_return std::unexpected(enqueued.error());
    }
    world_.wake_workers();
    co_return !enqueued->existed;
}

Task<Result<>> DisasterRecovery::verify(unsigned percentage) {
    if (auto required = require_store(); !required) {
        co_return required;
    }
    const auto asked =
        co_await enqueue(core::TaskKind::verify_copies, kVerifyKey, std::to_string(percentage));
    co_return asked ? Result<>() : std::unexpected(asked.error());
}

Task<Result<>> DisasterRecovery::fail_over(std::string to) {
    if (auto required = require_store(); !required) {
        co_return required;
    }
    ports::Store* dr = world_.stores.dr();
    if (to.empty()) {
        to = dr->name();
    }
    if (!world_.stores.has(to)) {
        co_return failure(Errc::invalid, "no store has this name");
    }
    const auto under_way = co_await report(kFailOverKey);
    if (!under_way) {
        co_return std::unexpected(under_way.error());
    }
    if (*under_way && core::is_unfinished((*under_way)->status) && (*under_way)->payload != to) {
        co_return failure(Errc::unavailable, "another fail-over is under way");
    }
    // First what is new: nothing more is to come where files are being taken away from.
    ports::Store* active = to == dr->name() ? dr : nullptr;
    if (world_.keep_active_store) {
        if (auto kept = co_await world_.keep_active_store(active == nullptr ? "" : to); !kept) {
            co_return kept;
        }
    }
    world_.stores.take_over(active);
    telemetry::log(telemetry::Level::warn, "failed_over", {{"store", to}});
    const auto asked = co_await enqueue(core::TaskKind::fail_over, kFailOverKey, std::move(to));
    co_return asked ? Result<>() : std::unexpected(asked.error());
}

}  // namespace slipway::engine
