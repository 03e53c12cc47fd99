#include "adapters/rocksdb/tasks/task_keys.hpp"

#include <algorithm>
#include <cstdint>

namespace slipway::adapters::rocksdb {
namespace {

constexpr std::size_t kTimeSize = 8;
// Two's complement with the sign turned over: byte order is the order of time.
constexpr std::uint64_t kSign = std::uint64_t{1} << 63U;

void append_big_endian(std::string& out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = bytes; i > 0; --i) {
        out.push_back(static_cast<char>((value >> (8U * (i - 1))) & 0xFFU));
    }
}

void append_time(std::string& out, WallTime time) {
    append_big_endian(out, static_cast<std::uint64_t>(unix_millis(time)) ^ kSign, kTimeSize);
}

WallTime read_time(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes) {
        value = (value << 8U) | static_cast<std::uint8_t>(c);
    }
    return from_unix_millis(static_cast<std::int64_t>(value ^ kSign));
}

void append_id(std::string& out, TaskId id) {
    out.append(reinterpret_cast<const char*>(id.bytes().data()), TaskId::kSize);
}

struct TimeAndId {
    WallTime time;
    TaskId id;
};

// What stands behind the first `prefix` bytes of an index key.
std::optional<TimeAndId> parse_tail(std::string_view key, std::size_t prefix) {
    if (key.size() != prefix + kTimeSize + TaskId::kSize) {
        return std::nullopt;
    }
    const auto id = parse_task_id(key.substr(prefix + kTimeSize));
    return TimeAndId{read_time(key.substr(prefix, kTimeSize)), *id};
}

KeyRange range_of(const std::string& prefix) {
    return {prefix, prefix + std::string(kTimeSize + TaskId::kSize + 1, '\xFF')};
}

std::string due_prefix(DueList list) {
    return {static_cast<char>(list.kind), static_cast<char>(list.priority)};
}

std::string status_prefix(core::TaskStatus status) {
    return std::string(1, static_cast<char>(status));
}

}  // namespace

KeyRange due_range(DueList list) {
    return range_of(due_prefix(list));
}

std::string due_key(const core::QueuedTask& task) {
    std::string key = due_prefix({task.kind, task.priority});
    append_time(key, core::due_at(task));
    append_id(key, task.id);
    return key;
}

std::optional<DueEntry> parse_due_key(std::string_view key) {
    const auto tail = parse_tail(key, 2);
    return tail ? std::optional(DueEntry{tail->time, tail->id}) : std::nullopt;
}

KeyRange status_range(core::TaskStatus status, std::optional<ports::TaskPosition> after) {
    KeyRange range = range_of(status_prefix(status));
    if (after) {
        // The smallest key behind it.
        range.first = status_key(status, *after) + '\0';
    }
    return range;
}

std::string status_key(core::TaskStatus status, const ports::TaskPosition& position) {
    std::string key = status_prefix(status);
    append_time(key, position.listed_at);
    append_id(key, position.id);
    return key;
}

std::string status_key(const core::QueuedTask& task) {
    return status_key(task.status, {.listed_at = core::listed_at(task), .id = task.id});
}

std::optional<ports::TaskPosition> parse_status_key(std::string_view key) {
    const auto tail = parse_tail(key, 1);
    return tail ? std::optional(ports::TaskPosition{tail->time, tail->id}) : std::nullopt;
}

std::string dedupe_key_of(std::string_view dedupe_key) {
    std::string key;
    append_big_endian(key, dedupe_key.size(), 4);
    key.append(dedupe_key);
    return key;
}

std::optional<TaskId> parse_task_id(std::string_view bytes) {
    if (bytes.size() != TaskId::kSize) {
        return std::nullopt;
    }
    TaskId::Bytes out;
    std::ranges::transform(bytes, out.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    return TaskId(out);
}

}  // namespace slipway::adapters::rocksdb
