// Records of tasks for the tests of queues.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/queued_task.hpp"
#include "core/task_lifecycle.hpp"
#include "ports/task_queue.hpp"

namespace slipway::contract {

inline constexpr WallTime kTaskTime = from_unix_millis(1'767'225'600'000);
inline constexpr std::chrono::milliseconds kTaskLease{30'000};

// Ids that sort like their numbers.
inline TaskId task_id_of(std::uint64_t number) {
    TaskId::Bytes bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(number >> (8 * (7 - i)));
    }
    bytes[15] = 0x5A;
    return TaskId(bytes);
}

// Every member set, different for each number; due at kTaskTime plus its number in milliseconds.
inline core::NewTask new_task_of(std::uint64_t number) {
    core::NewTask wanted;
    wanted.id = task_id_of(number);
    wanted.kind = core::TaskKind::digest;
    wanted.subject = "subject " + std::to_string(number);
    wanted.payload = std::string("payload\0\xFF ", 10) + std::to_string(number);
    wanted.dedupe_key = "key " + std::to_string(number);
    wanted.created_at = kTaskTime + std::chrono::milliseconds(number);
    return wanted;
}

inline std::vector<core::TaskKind> all_task_kinds() {
    std::vector<core::TaskKind> kinds;
    for (std::uint8_t i = 1; i <= core::kTaskKinds; ++i) {
        kinds.push_back(static_cast<core::TaskKind>(i));
    }
    return kinds;
}

inline ports::ClaimRequest claim_by(std::string owner, WallTime now = kTaskTime) {
    return {.owner = std::move(owner),
            .kinds = all_task_kinds(),
            .now = now,
            .lease_length = kTaskLease};
}

inline std::vector<TaskId> ids_of_tasks(const std::vector<core::QueuedTask>& tasks) {
    std::vector<TaskId> ids;
    for (const auto& task : tasks) {
        ids.push_back(task.id);
    }
    return ids;
}

inline core::TaskFailure failure_at(WallTime now,
                                    core::AfterFailure then = core::AfterFailure::retry) {
    return {.error = "broken", .then = then, .now = now, .retry_at = now + std::chrono::minutes(1)};
}

}  // namespace slipway::contract
