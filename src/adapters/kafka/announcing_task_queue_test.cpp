#include "adapters/kafka/announcing_task_queue.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/memory_task_queue.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::adapters::kafka {
namespace {

using namespace std::chrono_literals;

class AnnouncedTasks : public ::testing::Test {
 protected:
    template <class T>
    static T run(Task<T> task) {
        return runtime::run_blocking(std::move(task));
    }
    static core::NewTask task(std::uint8_t number) {
        return {.id = TaskId(TaskId::Bytes{number}),
                .kind = core::TaskKind::digest,
                .priority = core::TaskPriority::normal,
                .subject = "s",
                .payload = {},
                .dedupe_key = "key-" + std::to_string(number),
                .created_at = now_,
                .not_before = std::nullopt,
                .max_attempts = 1};
    }
    core::QueuedTask claim() {
        return run(queue_.claim({.owner = "o",
                                 .kinds = {core::TaskKind::digest},
                                 .now = now_,
                                 .lease_length = 1s}))
            .value()
            .value();
    }

    static constexpr WallTime now_{1000s};
    memory::MemoryTaskQueue memory_;
    int announced_ = 0;
    AnnouncingTaskQueue queue_{memory_, [this] { ++announced_; }};
};

TEST_F(AnnouncedTasks, AreThoseThatAreDueAndNew) {
    ASSERT_TRUE(run(queue_.enqueue(task(1))));
    EXPECT_EQ(announced_, 1);
    ASSERT_TRUE(run(queue_.enqueue(task(1)))->existed);
    EXPECT_EQ(announced_, 1);
    auto later = task(2);
    later.not_before = now_ + 1s;
    ASSERT_TRUE(run(queue_.enqueue(later)));
    EXPECT_EQ(announced_, 1);
}

TEST_F(AnnouncedTasks, AreThoseThatCanGoOn) {
    auto later = task(2);
    later.not_before = now_ + 1s;
    ASSERT_TRUE(run(queue_.enqueue(later)));
    ASSERT_TRUE(run(queue_.wake("key-2", now_)));
    EXPECT_EQ(announced_, 1);
    EXPECT_FALSE(run(queue_.wake("key-3", now_)));
    EXPECT_EQ(announced_, 1);

    core::TaskFailure failure{
        .error = "no", .then = core::AfterFailure::give_up, .now = now_, .retry_at = {}};
    ASSERT_TRUE(run(queue_.fail(core::lease_of(claim()), failure)));
    EXPECT_EQ(announced_, 1);
    ASSERT_TRUE(run(queue_.retry_dead(later.id, now_)));
    EXPECT_EQ(announced_, 2);
}

}  // namespace
}  // namespace slipway::adapters::kafka
