#include "core/queued_task.hpp"

#include <tuple>

namespace slipway::core {

std::string_view to_string(TaskKind kind) {
    switch (kind) {
        case TaskKind::digest:
            return "digest";
        case TaskKind::complete:
            return "complete";
        case TaskKind::assemble:
            return "assemble";
        case TaskKind::sweep:
            return "sweep";
        case TaskKind::empty_trash:
            return "empty_trash";
        case TaskKind::scrub:
            return "scrub";
        case TaskKind::collect_orphans:
            return "collect_orphans";
        case TaskKind::webhook:
            return "webhook";
        case TaskKind::copy_file:
            return "copy_file";
        case TaskKind::scan_copies:
            return "scan_copies";
        case TaskKind::verify_copies:
            return "verify_copies";
        case TaskKind::fail_over:
            return "fail_over";
    }
    return "unknown";
}

std::string_view to_string(TaskStatus status) {
    switch (status) {
        case TaskStatus::pending:
            return "pending";
        case TaskStatus::running:
            return "running";
        case TaskStatus::done:
            return "done";
        case TaskStatus::failed:
            return "failed";
        case TaskStatus::dead:
            return "dead";
    }
    return "unknown";
}

TaskLease lease_of(const QueuedTask& task) {
    return {.task = task.id, .owner = task.lease_owner, .token = task.token};
}

std::uint32_t shard_of(std::string_view subject) {
    std::uint32_t hash = 2'166'136'261U;
    for (const char c : subject) {
        hash = (hash ^ static_cast<std::uint8_t>(c)) * 16'777'619U;
    }
    return hash;
}

bool is_unfinished(TaskStatus status) {
    switch (status) {
        case TaskStatus::pending:
        case TaskStatus::running:
        case TaskStatus::failed:
            return true;
        case TaskStatus::done:
        case TaskStatus::dead:
            return false;
    }
    return false;
}

WallTime listed_at(const QueuedTask& task) {
    return is_unfinished(task.status) ? task.created_at : task.finished_at;
}

bool has_last_word(TaskKind kind) {
    return kind == TaskKind::complete;
}

bool is_last_word(const QueuedTask& task) {
    return task.attempts > task.max_attempts;
}

bool fits(const NewTask& wanted) {
    return wanted.subject.size() <= kMaxTaskText && wanted.dedupe_key.size() <= kMaxTaskText &&
           wanted.payload.size() <= kMaxTaskBytes;
}

WallTime due_at(const QueuedTask& task) {
    return task.status == TaskStatus::running ? task.lease_end : task.not_before;
}

bool is_claimed_before(const QueuedTask& one, const QueuedTask& other) {
    return std::tuple(other.priority, due_at(one), one.id) <
           std::tuple(one.priority, due_at(other), other.id);
}

}  // namespace slipway::core
