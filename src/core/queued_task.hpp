// The record of a unit of background work (DESIGN.md section 2, "task"): what the queue stores and
// what the rules of task_lifecycle.hpp decide over. Values only. The record is not called Task,
// because that is the name of a coroutine.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace slipway::core {

// Numbers are fixed: they stand on disk.
enum class TaskKind : std::uint8_t {
    digest = 1,
    complete = 2,
    assemble = 3,
    sweep = 4,
    empty_trash = 5,
    scrub = 6,
    collect_orphans = 7,
    webhook = 8,
    copy_file = 9,
    scan_copies = 10,
    verify_copies = 11,
    fail_over = 12,
};
inline constexpr std::size_t kTaskKinds = 12;

enum class TaskPriority : std::uint8_t {
    background = 1,
    normal = 2,
    urgent = 3,  // somebody waits for it
};
inline constexpr std::size_t kTaskPriorities = 3;

enum class TaskStatus : std::uint8_t {
    pending = 1,  // waits to be claimed
    running = 2,  // under a lease
    done = 3,     // final; has a result
    failed = 4,   // an attempt failed; waits for the next one
    dead = 5,     // given up; waits for somebody to look at it
};
inline constexpr std::size_t kTaskStatuses = 5;

std::string_view to_string(TaskKind kind);
std::string_view to_string(TaskStatus status);

// Rises by one with each claim of the task; 0 before the first.
using FencingToken = std::uint64_t;

// The right to run a task: every write of a worker carries it.
struct TaskLease {
    TaskId task;
    std::string owner;
    FencingToken token = 0;
    friend bool operator==(const TaskLease&, const TaskLease&) = default;
};

inline constexpr std::uint32_t kDefaultMaxAttempts = 20;
// For each of payload, checkpoint and result: they are rewritten with every heartbeat.
inline constexpr std::size_t kMaxTaskBytes = std::size_t{64} << 10U;
// For each of subject, dedupe key, owner and error.
inline constexpr std::size_t kMaxTaskText = 1024;

struct QueuedTask {
    TaskId id;
    TaskKind kind = TaskKind::digest;
    TaskPriority priority = TaskPriority::normal;
    std::uint32_t shard = 0;  // shard_of(subject)
    std::string subject;      // what it concerns: the id of an upload or file, or a name
    std::string payload;      // what the handler needs to know
    std::string dedupe_key;   // at most one unfinished task has it; empty: any number have
    TaskStatus status = TaskStatus::pending;
    std::uint32_t attempts = 0;  // since the last progress, with the one under way
    std::uint32_t max_attempts = kDefaultMaxAttempts;
    WallTime not_before;      // of a task that waits
    bool woken = false;       // somebody woke it while it ran
    std::string lease_owner;  // of a running task; and who finished it
    WallTime lease_end;       // of a running task
    FencingToken token = 0;
    std::string checkpoint;
    std::string result;
    std::string last_error;  // of the last attempt that failed; kept when a later one succeeds
    WallTime created_at;
    WallTime finished_at;  // when it became done or dead; the epoch of time until then
    friend bool operator==(const QueuedTask&, const QueuedTask&) = default;
};

// What is asked for; the rest of the record follows from it.
struct NewTask {
    TaskId id;
    TaskKind kind = TaskKind::digest;
    TaskPriority priority = TaskPriority::normal;
    std::string subject;
    std::string payload;
    std::string dedupe_key;
    WallTime created_at;
    std::optional<WallTime> not_before;  // at once where it is not set
    std::uint32_t max_attempts = kDefaultMaxAttempts;
};

TaskLease lease_of(const QueuedTask& task);

// FNV-1a over the subject's bytes, 32 bits: tasks of one subject have one shard, on every node.
std::uint32_t shard_of(std::string_view subject);

// Neither done nor dead: it will run, or runs.
bool is_unfinished(TaskStatus status);

// Since when a task has been in its status, as far as the record knows: finished_at of one that is
// done or dead, else created_at. Lists are in this order.
WallTime listed_at(const QueuedTask& task);

// Others are told when a task of this kind is given up: it does not just die when its attempts are
// used up, but is handed out once more, for its handler to tell.
bool has_last_word(TaskKind kind);
// It was handed out to be given up, not to be done.
bool is_last_word(const QueuedTask& task);

// Within the bounds above.
bool fits(const NewTask& wanted);

// From when on an unfinished task may be claimed: a running one when its lease ends.
WallTime due_at(const QueuedTask& task);
// Of two that are due: the higher priority, then the longer wait, then the lower id.
bool is_claimed_before(const QueuedTask& one, const QueuedTask& other);

}  // namespace slipway::core
