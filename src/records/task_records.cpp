#include "records/task_records.hpp"

#include <cstdint>

#include "records/keys.hpp"
#include "records/record_codec.hpp"

namespace slipway::records {
namespace {

// Enumerations of tasks have their numbers fixed for the disk, from 1 on without gaps.
template <class Enumeration>
Enumeration read_enumeration(RecordReader& in, std::size_t count) {
    const auto value = in.integer<std::uint8_t>();
    in.require(value >= 1 && value <= count);
    return static_cast<Enumeration>(value);
}

}  // namespace

std::string encode_task(const core::QueuedTask& task) {
    RecordWriter out;
    out.integer(flag(task.woken, 0));
    out.integer(static_cast<std::uint8_t>(task.kind));
    out.integer(static_cast<std::uint8_t>(task.priority));
    out.integer(static_cast<std::uint8_t>(task.status));
    out.integer(task.shard);
    out.integer(task.attempts);
    out.integer(task.max_attempts);
    out.integer(task.token);
    out.time(task.created_at);
    out.time(task.not_before);
    out.time(task.lease_end);
    out.time(task.finished_at);
    out.text(task.subject);
    out.text(task.dedupe_key);
    out.text(task.lease_owner);
    out.text(task.last_error);
    out.text(task.payload);
    out.text(task.checkpoint);
    out.text(task.result);
    return seal_record(task_key(task.id), out.take());
}

Result<core::QueuedTask> decode_task(TaskId id, std::string_view record) {
    const auto body = unseal_record(task_key(id), record);
    if (!body) {
        return std::unexpected(body.error());
    }
    RecordReader in(*body);
    core::QueuedTask task;
    task.id = id;
    task.woken = has(in.flags(0b1), 0);
    task.kind = read_enumeration<core::TaskKind>(in, core::kTaskKinds);
    task.priority = read_enumeration<core::TaskPriority>(in, core::kTaskPriorities);
    task.status = read_enumeration<core::TaskStatus>(in, core::kTaskStatuses);
    task.shard = in.integer<std::uint32_t>();
    task.attempts = in.integer<std::uint32_t>();
    task.max_attempts = in.integer<std::uint32_t>();
    task.token = in.integer<core::FencingToken>();
    task.created_at = in.time();
    task.not_before = in.time();
    task.lease_end = in.time();
    task.finished_at = in.time();
    task.subject = in.text();
    task.dedupe_key = in.text();
    task.lease_owner = in.text();
    task.last_error = in.text();
    task.payload = in.text();
    task.checkpoint = in.text();
    task.result = in.text();
    if (!in.finished()) {
        return malformed("task");
    }
    return task;
}

}  // namespace slipway::records
