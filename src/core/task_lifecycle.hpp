// The life of a task: what each step makes of its record. Every adapter of the queue uses these, so
// that the rules exist once.
//
// A kind that has a last word (queued_task.hpp) dies by give_up alone: when its attempts are used
// up, by failures or by owners that died with it, every further claim hands it out for that.
//
//   pending ──claim──▶ running ──finish──▶ done
//      ▲                 │ ├──fail──▶ failed ──claim──▶ running
//      ├──snooze, release┘ └──fail──▶ dead (final attempt, or given up)
//      └──────────────retry_dead────────┘
//
// A lease is the pair of owner and fencing token. Every step under a lease is refused once another
// claim, a release or an end has come: then the holder is stale and can change nothing. Time alone
// ends no right: who has overslept its lease may still write and renew it, as long as nobody has
// taken the task.
#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "base/time.hpp"
#include "core/queued_task.hpp"

namespace slipway::core {

// The task is not the holder's any more.
struct StaleLease {
    friend bool operator==(StaleLease, StaleLease) = default;
};
using HeldStep = std::expected<QueuedTask, StaleLease>;

struct Claim {
    std::string owner;
    WallTime now;
    std::chrono::milliseconds length{0};
};

enum class AfterFailure {
    retry,    // again at `retry_at`, unless the attempts are used up and it has no last word
    give_up,  // no further attempt can help
};

struct TaskFailure {
    std::string error;
    AfterFailure then = AfterFailure::retry;
    WallTime now;
    WallTime retry_at;
};

QueuedTask new_task(NewTask wanted);

// Waiting and due, or running under a lease that has ended.
bool is_claimable(const QueuedTask& task, WallTime now);

// Precondition: claimable. Running under a new token; or dead, when its attempts are used up by
// owners that died with it and it has no last word.
QueuedTask claim(QueuedTask task, const Claim& by);

// The lease's new end is `now + length`, or the old one where that is later.
HeldStep heartbeat(QueuedTask task, const TaskLease& by, WallTime now,
                   std::chrono::milliseconds length);
// Keeps where the work stands. Another checkpoint than the one before is progress: attempts count
// from one again, so that a long task survives any number of restarts, and one that fails at the
// same place does not.
HeldStep checkpoint(QueuedTask task, const TaskLease& by, std::string bytes);
// Idempotent: a repeated finish under the same lease changes nothing, whatever its result.
HeldStep finish(QueuedTask task, const TaskLease& by, std::string result, WallTime now);
HeldStep fail(QueuedTask task, const TaskLease& by, TaskFailure failure);
// Gives it back as it stands, without counting the attempt. A task that was woken while it ran is
// due at once instead of at `not_before`.
HeldStep snooze(QueuedTask task, const TaskLease& by, WallTime not_before, WallTime now);

// The owner is known to be dead. Precondition: running. The attempt counts: a task may be what
// killed its owner.
QueuedTask release(QueuedTask task, WallTime now);
// Somebody knows that it can go on now: a waiting task is due at once; a running one will be, if it
// is given back. One that is final stays as it is.
QueuedTask wake(QueuedTask task, WallTime now);
// Precondition: dead. Due at once with all its attempts and its checkpoint.
QueuedTask retry_dead(QueuedTask task, WallTime now);

}  // namespace slipway::core
