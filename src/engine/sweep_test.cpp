#include "engine/sweep.hpp"

#include <gtest/gtest.h>

#include "core/lifecycle.hpp"
#include "engine/recover.hpp"
#include "support/engine_rig.hpp"

namespace slipway::engine {
namespace {

using testing::EngineRig;
using testing::text_of_size;

const core::PartPlan kPlan{1, 4_KiB, 100_B};
const std::string kBody = text_of_size(100, 'a');

std::size_t staged(EngineRig& rig) {
    return rig.run(rig.memory_store.list_staged())->size();
}

TEST(Sweep, AbandonedUploadsExpireAndGiveTheirRoomBack) {
    EngineRig rig;
    const auto old = *rig.create(kPlan);
    ASSERT_TRUE(rig.put(old, 1, kBody));
    rig.clock.advance(std::chrono::hours(23));
    const auto young = *rig.create(kPlan);
    EXPECT_EQ(rig.run(Sweep(rig.world).run()).expired, 0U);
    rig.clock.advance(std::chrono::hours(1));
    EXPECT_EQ(rig.run(Sweep(rig.world).run()).expired, 1U);
    EXPECT_EQ(rig.status(old.id)->state, core::UploadState::expired);
    EXPECT_EQ(rig.status(young.id)->state, core::UploadState::open);
    EXPECT_EQ(staged(rig), 1U);
    EXPECT_EQ(rig.complete(old.id).error().reason, Reason::upload_expired);
    EXPECT_TRUE(rig.abort(old.id));
}

TEST(Sweep, WhatHasExpiredIsNotAbortedAfterwards) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    rig.clock.advance(std::chrono::hours(24));
    EXPECT_EQ(rig.complete(upload.id).error().reason, Reason::upload_expired);
    EXPECT_TRUE(rig.abort(upload.id));
    EXPECT_EQ(rig.complete(upload.id).error().reason, Reason::upload_expired);
    EXPECT_EQ(rig.status(upload.id)->state, core::UploadState::expired);
    EXPECT_EQ(staged(rig), 0U);
}

TEST(Sweep, EndedUploadsAreForgottenAndFilesStay) {
    EngineRig rig;
    const auto kept = *rig.create(kPlan);
    ASSERT_TRUE(rig.put(kept, 1, kBody));
    ASSERT_TRUE(rig.complete(kept.id));
    const auto dropped = *rig.create(kPlan);
    ASSERT_TRUE(rig.abort(dropped.id));
    rig.clock.advance(std::chrono::hours(24 * 7) - std::chrono::seconds(1));
    EXPECT_EQ(rig.run(Sweep(rig.world).run()).forgotten, 0U);
    rig.clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(rig.run(Sweep(rig.world).run()).forgotten, 2U);
    EXPECT_EQ(rig.status(dropped.id).error().reason, Reason::upload_not_found);
    EXPECT_EQ(rig.content(kept.id), kBody);
    EXPECT_EQ(rig.run(Files(rig.world).parts(EngineRig::context(), kept.id))->parts.size(), 1U);
}

TEST(Recover, CarriesThroughWhatWasBeingCompleted) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    ASSERT_TRUE(rig.put(upload, 1, kBody));
    ASSERT_TRUE(rig.run(rig.memory_catalog.advance_upload(
        upload.epoch, core::begin_completing(upload, upload.plan, {}))));
    const auto result = rig.run(Recover(rig.world).run());
    ASSERT_TRUE(result);
    EXPECT_EQ(result->completed, 1U);
    EXPECT_EQ(rig.content(upload.id), kBody);
    EXPECT_EQ(rig.status(upload.id)->state, core::UploadState::complete);
}

TEST(Recover, RemovesBlobsOfEndedUploadsAndKeepsUnknownOnes) {
    EngineRig rig;
    const auto ended = *rig.create(kPlan);
    ASSERT_TRUE(rig.run(
        rig.memory_catalog.advance_upload(ended.epoch, core::abort(ended, rig.clock.wall()))));
    const auto open = *rig.create(kPlan);
    UploadId::Bytes bytes{};
    bytes[0] = 9;
    ASSERT_TRUE(rig.run(rig.memory_store.create(UploadId(bytes), {.capacity = 1_KiB})));
    ASSERT_EQ(staged(rig), 3U);
    const auto result = rig.run(Recover(rig.world).run());
    ASSERT_TRUE(result);
    EXPECT_EQ(result->removed_blobs, 1U);
    EXPECT_EQ(result->unknown_blobs, 1U);
    EXPECT_EQ(staged(rig), 2U);
    EXPECT_TRUE(rig.put(open, 1, kBody));
}

}  // namespace
}  // namespace slipway::engine
