#include "adapters/rocksdb/record_form.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "adapters/rocksdb/tasks/task_keys.hpp"
#include "base/encoding.hpp"
#include "core/task_lifecycle.hpp"

namespace slipway::adapters::rocksdb {
namespace {

using namespace std::chrono_literals;

std::string hex(std::string_view bytes) {
    return encode_hex(std::as_bytes(std::span(bytes)));
}

TaskId id_of_byte(std::uint8_t byte) {
    TaskId::Bytes bytes{};
    bytes.fill(byte);
    return TaskId(bytes);
}

// The example of docs/on-disk-format.md.
core::QueuedTask documented_task() {
    core::NewTask wanted;
    wanted.id = id_of_byte(0x22);
    wanted.subject = "s";
    wanted.payload = "p";
    wanted.dedupe_key = "k";
    wanted.created_at = from_unix_millis(1);
    auto task = core::claim(core::new_task(wanted),
                            {.owner = "o", .now = from_unix_millis(2), .length = 3ms});
    return *core::checkpoint(task, core::lease_of(task), "c");
}

core::QueuedTask random_task(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto text = [&random] {
        std::string out(random() % 20, '\0');
        for (auto& c : out) {
            c = static_cast<char>(random());
        }
        return out;
    };
    const auto time = [&random] { return from_unix_millis(static_cast<std::int64_t>(random())); };
    core::QueuedTask task;
    task.id = id_of_byte(static_cast<std::uint8_t>(random()));
    task.kind = static_cast<core::TaskKind>(1 + random() % core::kTaskKinds);
    task.priority = static_cast<core::TaskPriority>(1 + random() % core::kTaskPriorities);
    task.status = static_cast<core::TaskStatus>(1 + random() % core::kTaskStatuses);
    task.woken = random() % 2 == 0;
    task.shard = static_cast<std::uint32_t>(random());
    task.attempts = static_cast<std::uint32_t>(random());
    task.max_attempts = static_cast<std::uint32_t>(random());
    task.token = random();
    for (auto* const member : {&task.subject, &task.dedupe_key, &task.lease_owner, &task.last_error,
                               &task.payload, &task.checkpoint, &task.result}) {
        *member = text();
    }
    for (auto* const member :
         {&task.created_at, &task.not_before, &task.lease_end, &task.finished_at}) {
        *member = time();
    }
    return task;
}

// The form on disk is fixed: written out by hand from docs/on-disk-format.md, the checksum computed
// apart from this code.
TEST(TaskRecords, HaveTheDocumentedForm) {
    const auto task = documented_task();
    EXPECT_EQ(hex(encode_task(task)),
              "01"
              "00"
              "01"
              "02"
              "02"
              "f60c4582"
              "00000001"
              "00000014"
              "0000000000000001"
              "0000000000000001"
              "0000000000000000"
              "0000000000000005"
              "0000000000000000"
              "0000000173"
              "000000016b"
              "000000016f"
              "00000000"
              "0000000170"
              "0000000163"
              "00000000"
              "c6c0d913");
    const std::string id = "22222222222222222222222222222222";
    EXPECT_EQ(hex(task_key(task.id)), id);
    EXPECT_EQ(hex(due_key(task)), "01028000000000000005" + id);
    EXPECT_EQ(hex(status_key(task)), "028000000000000001" + id);
    EXPECT_EQ(hex(dedupe_key_of("key")), "000000036b6579");
}

TEST(TaskRecords, KindsPrioritiesAndStatusesKeepTheirNumbers) {
    EXPECT_EQ(static_cast<int>(core::TaskKind::digest), 1);
    EXPECT_EQ(static_cast<int>(core::TaskKind::complete), 2);
    EXPECT_EQ(static_cast<int>(core::TaskKind::assemble), 3);
    EXPECT_EQ(static_cast<int>(core::TaskKind::sweep), 4);
    EXPECT_EQ(static_cast<int>(core::TaskKind::empty_trash), 5);
    EXPECT_EQ(static_cast<int>(core::TaskKind::scrub), 6);
    EXPECT_EQ(static_cast<int>(core::TaskKind::collect_orphans), 7);
    EXPECT_EQ(static_cast<int>(core::TaskPriority::background), 1);
    EXPECT_EQ(static_cast<int>(core::TaskPriority::urgent), 3);
    EXPECT_EQ(static_cast<int>(core::TaskStatus::pending), 1);
    EXPECT_EQ(static_cast<int>(core::TaskStatus::running), 2);
    EXPECT_EQ(static_cast<int>(core::TaskStatus::done), 3);
    EXPECT_EQ(static_cast<int>(core::TaskStatus::failed), 4);
    EXPECT_EQ(static_cast<int>(core::TaskStatus::dead), 5);
}

TEST(TaskRecords, ComeBackAsTheyWereAndDamageIsRefused) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const auto task = random_task(seed);
        const auto record = encode_task(task);
        ASSERT_EQ(decode_task(task.id, record), task) << "seed " << seed;
        const std::string body = record.substr(1, record.size() - 5);
        for (std::size_t size = 0; size < body.size(); ++size) {
            ASSERT_FALSE(decode_task(task.id, record.substr(0, size)));
            ASSERT_FALSE(
                decode_task(task.id, seal_record(task_key(task.id), body.substr(0, size))));
        }
        ASSERT_FALSE(decode_task(task.id, seal_record(task_key(task.id), body + '\0')));
        for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
            std::string damaged = record;
            damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
            const auto decoded = decode_task(task.id, damaged);
            ASSERT_FALSE(decoded);
            ASSERT_EQ(decoded.error().code, Errc::corrupted);
        }
        ASSERT_FALSE(decode_task(TaskId(), record)) << "under another key";
    }
}

TEST(TaskRecords, ValuesOutOfRangeAreRefused) {
    struct BadByte {
        const char* what;
        std::size_t offset;
        std::uint8_t value;
    };
    const auto task = documented_task();
    const std::string record = encode_task(task);
    const std::string body = record.substr(1, record.size() - 5);
    for (const auto& [what, offset, value] :
         std::vector<BadByte>{{"unknown flag", 0, 2},
                              {"kind 0", 1, 0},
                              {"kind 13", 1, 13},
                              {"priority 0", 2, 0},
                              {"priority 4", 2, 4},
                              {"status 0", 3, 0},
                              {"status 6", 3, 6},
                              {"length of the result", body.size() - 1, 1}}) {
        std::string bad = body;
        bad[offset] = static_cast<char>(value);
        EXPECT_FALSE(decode_task(task.id, seal_record(task_key(task.id), bad))) << what;
    }
}

TEST(TaskKeys, SortByTimeAlsoBefore1970AndComeBack) {
    core::QueuedTask task;
    task.id = id_of_byte(7);
    std::string last;
    for (const std::int64_t millis : {INT64_MIN, std::int64_t{-5}, std::int64_t{0}, std::int64_t{5},
                                      std::int64_t{1} << 40, INT64_MAX}) {
        task.not_before = from_unix_millis(millis);
        task.created_at = task.not_before;
        const auto key = due_key(task);
        EXPECT_LT(last, key);
        const auto range = due_range({task.kind, task.priority});
        EXPECT_TRUE(range.first < key && key < range.end);
        EXPECT_EQ(parse_due_key(key), (DueEntry{task.not_before, task.id}));
        const ports::TaskPosition position{task.created_at, task.id};
        EXPECT_EQ(parse_status_key(status_key(task)), position);
        EXPECT_GT(status_range(task.status, position).first, status_key(task));
        last = key;
    }
    EXPECT_FALSE(parse_due_key(last.substr(1)));
    EXPECT_FALSE(parse_status_key(last));
    EXPECT_FALSE(parse_task_id("short"));
}

}  // namespace
}  // namespace slipway::adapters::rocksdb
