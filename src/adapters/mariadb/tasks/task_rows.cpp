#include "adapters/mariadb/tasks/task_rows.hpp"

#include <algorithm>
#include <utility>

#include "records/keys.hpp"
#include "records/task_records.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::mariadb {
namespace {

using core::QueuedTask;

Result<> done(Result<Rows> result) {
    return result ? Result<>() : std::unexpected(std::move(result.error()));
}

// Nothing where it is never due again.
std::optional<std::int64_t> due_of(const QueuedTask& task) {
    return core::is_unfinished(task.status) ? std::optional(unix_millis(core::due_at(task)))
                                            : std::nullopt;
}

}  // namespace

std::optional<TaskId> task_id_of(std::string_view bytes) {
    if (bytes.size() != TaskId::kSize) {
        return std::nullopt;
    }
    TaskId::Bytes out;
    std::ranges::transform(bytes, out.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    return TaskId(out);
}

std::string bytes_of_task(TaskId id) {
    return records::task_key(id);
}

void log_unreadable(TaskId id, std::string_view why) {
    telemetry::log(telemetry::Level::error, "task_record_unreadable",
                   {{"task_id", id.to_string()}, {"detail", why}});
}

Task<Result<std::optional<QueuedTask>>> load_task(Session& session, TaskId id, Lock lock) {
    auto found = co_await session.execute(
        "SELECT record FROM tasks WHERE id=?" + std::string(clause(lock)), bytes_of_task(id));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    if (found->rows.empty()) {
        co_return std::nullopt;
    }
    auto task = records::decode_task(id, found->rows.front().bytes(0));
    if (!task) {
        co_return std::unexpected(std::move(task.error()));
    }
    co_return std::move(*task);
}

Task<Result<std::optional<QueuedTask>>> load_task_by_key(Session& session, std::string key,
                                                         Lock lock) {
    auto found = co_await session.execute(
        "SELECT task FROM task_keys WHERE dedupe_key=?" + std::string(clause(lock)), key);
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    if (found->rows.empty()) {
        co_return std::nullopt;
    }
    const auto id = task_id_of(found->rows.front().bytes(0));
    auto task = id ? co_await load_task(session, *id, lock) : std::nullopt;
    if (!id || (task && *task && (*task)->dedupe_key != key)) {
        co_return failure(Errc::corrupted, "a dedupe key does not lead to its task");
    }
    co_return task;
}

Task<Result<LockedKey>> lock_key(Session& session, std::string key) {
    LockedKey locked;
    if (key.empty()) {
        co_return locked;
    }
    auto row =
        co_await session.execute("SELECT task FROM task_keys WHERE dedupe_key=? FOR UPDATE", key);
    if (!row) {
        co_return std::unexpected(std::move(row.error()));
    }
    locked.exists = !row->rows.empty();
    if (!locked.exists) {
        co_return locked;
    }
    auto task = co_await load_task_by_key(session, std::move(key), Lock::exclusive);
    if (!task) {
        co_return std::unexpected(std::move(task.error()));
    }
    if (*task && core::is_unfinished((*task)->status)) {
        locked.unfinished = std::move(*task);
    }
    co_return locked;
}

Task<Result<>> insert_task(Session& session, QueuedTask task) {
    co_return done(co_await session.execute(
        "INSERT INTO tasks (id,kind,priority,status,due_at,listed_at,record)"
        " VALUES (?,?,?,?,?,?,?)",
        bytes_of_task(task.id), static_cast<std::uint8_t>(task.kind),
        static_cast<std::uint8_t>(task.priority), static_cast<std::uint8_t>(task.status),
        due_of(task), unix_millis(core::listed_at(task)), records::encode_task(task)));
}

Task<Result<>> update_task(Session& session, QueuedTask task) {
    co_return done(co_await session.execute(
        "UPDATE tasks SET kind=?,priority=?,status=?,due_at=?,listed_at=?,record=? WHERE id=?",
        static_cast<std::uint8_t>(task.kind), static_cast<std::uint8_t>(task.priority),
        static_cast<std::uint8_t>(task.status), due_of(task), unix_millis(core::listed_at(task)),
        records::encode_task(task), bytes_of_task(task.id)));
}

Task<Result<>> erase_task(Session& session, TaskId id) {
    auto erased =
        done(co_await session.execute("DELETE FROM task_keys WHERE task=?", bytes_of_task(id)));
    if (erased) {
        erased = done(co_await session.execute("DELETE FROM tasks WHERE id=?", bytes_of_task(id)));
    }
    co_return erased;
}

Task<Result<>> point_key(Session& session, LockedKey key, QueuedTask task) {
    if (task.dedupe_key.empty()) {
        co_return Result<>();
    }
    if (key.exists) {
        co_return done(co_await session.execute("UPDATE task_keys SET task=? WHERE dedupe_key=?",
                                                bytes_of_task(task.id), task.dedupe_key));
    }
    co_return done(co_await session.execute("INSERT INTO task_keys (dedupe_key,task) VALUES (?,?)",
                                            task.dedupe_key, bytes_of_task(task.id)));
}

Task<Result<>> set_aside(Session& session, TaskId id, std::string why) {
    log_unreadable(id, why);
    co_return done(
        co_await session.execute("UPDATE tasks SET due_at=NULL WHERE id=?", bytes_of_task(id)));
}

Result<std::vector<QueuedTask>> tasks_of(const Rows& rows) {
    std::vector<QueuedTask> tasks;
    for (const Row& row : rows.rows) {
        const auto id = task_id_of(row.bytes(0));
        if (!id) {
            return failure(Errc::corrupted, "a task's row has no id");
        }
        auto task = records::decode_task(*id, row.bytes(1));
        if (!task) {
            return failure(task.error().code, id->to_string() + ": " + task.error().detail);
        }
        tasks.push_back(std::move(*task));
    }
    return tasks;
}

}  // namespace slipway::adapters::mariadb
