// How a task is claimed (task_changes.hpp): the first ones of each list of due tasks are looked up
// without a lock, which costs as much with a million tasks as with one; then they are tried in
// their order, and one that another transaction has in hand is passed over.
#include <array>
#include <utility>
#include <vector>

#include "adapters/mariadb/client/literal.hpp"
#include "adapters/mariadb/tasks/task_changes.hpp"
#include "adapters/mariadb/tasks/task_rows.hpp"
#include "records/task_records.hpp"

namespace slipway::adapters::mariadb {
namespace {

using core::QueuedTask;

// Of each list: so many claims at once find one each without looking again.
constexpr std::uint64_t kCandidates = 8;

std::string candidates_of(core::TaskKind kind, std::size_t priority, WallTime now) {
    std::string statement = "(SELECT id,priority,due_at FROM tasks WHERE kind=";
    append_literal(statement, std::uint64_t{static_cast<std::uint8_t>(kind)});
    statement.append(" AND priority=");
    append_literal(statement, std::uint64_t{priority});
    statement.append(" AND due_at<=").append(std::to_string(unix_millis(now)));
    statement.append(" ORDER BY due_at,id LIMIT ");
    append_literal(statement, kCandidates);
    return statement.append(")");
}

std::string all_candidates(const ports::ClaimRequest& request) {
    std::string statement = "SELECT id FROM (";
    bool first = true;
    for (std::size_t priority = 1; priority <= core::kTaskPriorities; ++priority) {
        for (const core::TaskKind kind : request.kinds) {
            statement.append(std::exchange(first, false) ? "" : " UNION ALL ");
            statement.append(candidates_of(kind, priority, request.now));
        }
    }
    return statement.append(") AS due ORDER BY priority DESC,due_at,id");
}

// Nothing: it is another's, or not due any more.
Task<Result<std::optional<QueuedTask>>> lock_due(Session& session, TaskId id, WallTime now) {
    auto found = co_await session.execute(
        "SELECT record FROM tasks WHERE id=? AND due_at<=? FOR UPDATE SKIP LOCKED",
        bytes_of_task(id), unix_millis(now));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    if (found->rows.empty()) {
        co_return std::nullopt;
    }
    auto task = records::decode_task(id, found->rows.front().bytes(0));
    if (task && core::is_claimable(*task, now)) {
        co_return std::move(*task);
    }
    auto aside = co_await set_aside(
        session, id, task ? "the record is not what its row says" : task.error().detail);
    co_return aside ? Result<std::optional<QueuedTask>>(std::nullopt)
                    : std::unexpected(std::move(aside.error()));
}

}  // namespace

Task<Result<std::optional<QueuedTask>>> claim(Session& session, ports::ClaimRequest request) {
    if (request.kinds.empty()) {
        co_return std::nullopt;
    }
    const core::Claim by{
        .owner = request.owner, .now = request.now, .length = request.lease_length};
    for (;;) {
        auto candidates = co_await session.run(all_candidates(request));
        if (!candidates) {
            co_return std::unexpected(std::move(candidates.error()));
        }
        bool changed = false;
        for (const Row& row : candidates->rows) {
            const auto id = task_id_of(row.bytes(0));
            auto task = id ? co_await lock_due(session, *id, request.now) : std::nullopt;
            if (!task) {
                co_return std::unexpected(std::move(task.error()));
            }
            if (!*task) {
                continue;
            }
            const QueuedTask next = core::claim(std::move(**task), by);
            if (auto written = co_await update_task(session, next); !written) {
                co_return std::unexpected(std::move(written.error()));
            }
            if (next.status == core::TaskStatus::running) {
                co_return next;
            }
            changed = true;
        }
        // What died or was set aside has made room for others; where nothing has, all are taken.
        if (!changed) {
            co_return std::nullopt;
        }
    }
}

}  // namespace slipway::adapters::mariadb
