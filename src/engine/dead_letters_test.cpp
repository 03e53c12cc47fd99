#include "engine/dead_letters.hpp"

#include <gtest/gtest.h>

#include "support/engine_rig.hpp"

namespace slipway::engine {
namespace {

using testing::EngineRig;

class DeadLettersTest : public ::testing::Test {
 protected:
    TaskId bury(std::uint8_t number, std::string key) {
        core::NewTask wanted;
        wanted.id = TaskId(TaskId::Bytes{number});
        wanted.dedupe_key = std::move(key);
        wanted.created_at = rig_.clock.wall();
        EXPECT_TRUE(EngineRig::run(rig_.queue.enqueue(wanted)));
        const auto task =
            EngineRig::run(rig_.queue.claim({.owner = "o",
                                             .kinds = {wanted.kind},
                                             .now = rig_.clock.wall(),
                                             .lease_length = std::chrono::seconds(1)}));
        const core::TaskFailure failure{.error = "broken",
                                        .then = core::AfterFailure::give_up,
                                        .now = rig_.clock.wall(),
                                        .retry_at = {}};
        EXPECT_TRUE(EngineRig::run(rig_.queue.fail(core::lease_of(**task), failure)));
        rig_.clock.advance(std::chrono::seconds(1));
        return wanted.id;
    }
    std::vector<TaskId> listed() {
        std::vector<TaskId> ids;
        for (const auto& task : EngineRig::run(dead_.list({}))->items) {
            ids.push_back(task.id);
        }
        return ids;
    }

    EngineRig rig_;
    DeadLetters dead_{rig_.world};
};

TEST_F(DeadLettersTest, AreListedAndTriedAgain) {
    const auto first = bury(1, "");
    const auto second = bury(2, "");
    EXPECT_EQ(listed(), (std::vector{first, second}));
    bool woken = false;
    rig_.world.wake_workers = [&woken] { woken = true; };
    EXPECT_TRUE(EngineRig::run(dead_.retry(first)));
    EXPECT_TRUE(woken);
    EXPECT_EQ(listed(), std::vector{second});
    EXPECT_EQ(EngineRig::run(dead_.retry(first)).error().code, Errc::not_found);
    EXPECT_EQ(EngineRig::run(dead_.retry(TaskId())).error().code, Errc::not_found);
}

TEST_F(DeadLettersTest, AllAreTriedAgainButThoseWhoseWorkIsDoneByAnother) {
    bury(1, "");
    const auto taken = bury(2, "key");
    bury(3, "");
    core::NewTask other;
    other.id = TaskId(TaskId::Bytes{9});
    other.dedupe_key = "key";
    EXPECT_TRUE(EngineRig::run(rig_.queue.enqueue(other)));
    EXPECT_EQ(EngineRig::run(dead_.retry_all()).value(), 2U);
    EXPECT_EQ(listed(), std::vector{taken});
    EXPECT_EQ(EngineRig::run(dead_.retry(taken)).error().code, Errc::conflict);
}

}  // namespace
}  // namespace slipway::engine
