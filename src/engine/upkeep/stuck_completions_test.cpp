#include "engine/upkeep/stuck_completions.hpp"

#include <gtest/gtest.h>

#include "core/lifecycle.hpp"
#include "engine/upkeep/sweep_pass.hpp"
#include "support/pass_rig.hpp"

namespace slipway::engine {
namespace {

using testing::PassRig;
using testing::text_of_size;

const core::PartPlan kPlan{1, 4_KiB, 4_KiB};

class StuckCompletionsTest : public ::testing::Test {
 protected:
    // As a server leaves it that dies when it has decided.
    core::Upload left_behind() {
        const auto upload = *rig_.create(kPlan);
        EXPECT_TRUE(rig_.put(upload, 1, text_of_size(4096, 'a')));
        const auto next = core::begin_completing(upload, kPlan, {}, {});
        EXPECT_TRUE(rig_.run(rig_.memory_catalog.advance_upload(upload.epoch, next)));
        return next;
    }
    core::UploadState state_of(UploadId id) {
        return rig_.run(rig_.memory_catalog.find_upload(id))->state;
    }

    PassRig rig_;
    SweepPass sweep_{rig_.world};
};

TEST_F(StuckCompletionsTest, WhatStandsStillIsCarriedOn) {
    const auto upload = left_behind();
    ASSERT_TRUE(rig_.run_pass(sweep_));
    EXPECT_EQ(state_of(upload.id), core::UploadState::completing) << "it may just be on its way";
    rig_.clock.advance(StuckCompletions::kAge);
    ASSERT_TRUE(rig_.run_pass(sweep_));
    EXPECT_EQ(state_of(upload.id), core::UploadState::complete);
    EXPECT_EQ(rig_.content(upload.id), text_of_size(4096, 'a'));
}

TEST_F(StuckCompletionsTest, WhatMovesIsLeftAlone) {
    auto upload = left_behind();
    ASSERT_TRUE(rig_.run_pass(sweep_));
    rig_.clock.advance(StuckCompletions::kAge);
    const auto moved = core::move_home(upload, 0);
    ASSERT_TRUE(rig_.run(rig_.memory_catalog.advance_upload(upload.epoch, moved)));
    ASSERT_TRUE(rig_.run_pass(sweep_));
    EXPECT_EQ(state_of(upload.id), core::UploadState::completing);
}

TEST_F(StuckCompletionsTest, WhatWasGivenUpIsLeftAlone) {
    const auto upload = left_behind();
    const auto given_up = core::note_failure(upload, "damaged");
    ASSERT_TRUE(rig_.run(rig_.memory_catalog.advance_upload(upload.epoch, given_up)));
    ASSERT_TRUE(rig_.run_pass(sweep_));
    rig_.clock.advance(StuckCompletions::kAge);
    ASSERT_TRUE(rig_.run_pass(sweep_));
    EXPECT_EQ(state_of(upload.id), core::UploadState::completing);
}

}  // namespace
}  // namespace slipway::engine
