#include <gtest/gtest.h>

#include "engine/upkeep/collect_orphans.hpp"
#include "engine/upkeep/empty_trash.hpp"
#include "support/pass_rig.hpp"

namespace slipway::engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::PassRig;

UploadId id_of(std::uint8_t first) {
    return UploadId(UploadId::Bytes{first});
}

class UpkeepOfBlobs : public ::testing::Test {
 protected:
    std::size_t in_trash() { return PassRig::run(rig_.memory_store.list_trash())->size(); }
    bool is_staged(UploadId id) {
        return PassRig::run(rig_.memory_store.open_staged(id)).has_value();
    }
    bool is_published(UploadId id) {
        return PassRig::run(rig_.memory_store.open_published(id)).has_value();
    }
    // A blob as a crash within Create, or within the removal of a file, leaves it.
    void make_orphans() {
        ASSERT_TRUE(PassRig::run(rig_.memory_store.create(id_of(1), {.capacity = 10_B})));
        ASSERT_TRUE(PassRig::run(rig_.memory_store.create(id_of(2), {.capacity = 10_B})));
        ASSERT_TRUE(PassRig::run(rig_.memory_store.publish({id_of(2), {}}, {.size = 10_B})));
    }

    PassRig rig_;
    CollectOrphans collect_{rig_.world};
    EmptyTrash empty_{rig_.world};
};

TEST_F(UpkeepOfBlobs, OrphansGoOnlyAfterTheyWereSeenTwiceAndThenLayInTheTrash) {
    const auto open = rig_.create({.total_parts = 1, .part_size = 4_KiB, .file_size = 4_KiB});
    const auto file = rig_.file_of(2, 'a');
    make_orphans();
    ASSERT_TRUE(rig_.run_pass(collect_));
    rig_.clock.advance(minutes(59));
    ASSERT_TRUE(rig_.run_pass(collect_));
    EXPECT_EQ(in_trash(), 0U);
    rig_.clock.advance(minutes(2));
    ASSERT_TRUE(rig_.run_pass(collect_));
    EXPECT_EQ(in_trash(), 2U);
    EXPECT_FALSE(is_staged(id_of(1)));
    EXPECT_FALSE(is_published(id_of(2)));
    ASSERT_TRUE(rig_.run_pass(empty_));
    EXPECT_EQ(in_trash(), 2U);
    rig_.clock.advance(hours(24));
    ASSERT_TRUE(rig_.run_pass(empty_));
    EXPECT_EQ(in_trash(), 0U);
    // What has a record was never touched.
    EXPECT_TRUE(is_staged(open->id));
    EXPECT_TRUE(is_published(file.id));
    EXPECT_EQ(rig_.metrics.orphans_trashed.value(), 2U);
    EXPECT_EQ(rig_.metrics.blobs_purged.value(), 2U);
}

TEST_F(UpkeepOfBlobs, AWaitThatWasInterruptedBeginsAnew) {
    make_orphans();
    ASSERT_TRUE(rig_.run_pass(collect_));
    rig_.clock.advance(hours(2));
    // Its record was there for a while: it was not an orphan all the time.
    core::Upload upload;
    upload.id = id_of(1);
    upload.blobs = {{"memory", ""}};
    ASSERT_TRUE(PassRig::run(rig_.memory_catalog.create_upload(upload)));
    ASSERT_TRUE(rig_.run_pass(collect_));
    EXPECT_EQ(in_trash(), 1U);
    EXPECT_TRUE(is_staged(id_of(1)));
}

TEST_F(UpkeepOfBlobs, ABlobThatIsBeingCompletedIsNoOrphan) {
    core::Upload upload;
    upload.id = id_of(2);
    upload.blobs = {{"memory", ""}};
    upload.state = core::UploadState::completing;
    ASSERT_TRUE(PassRig::run(rig_.memory_catalog.create_upload(upload)));
    make_orphans();
    ASSERT_TRUE(rig_.run_pass(collect_));
    rig_.clock.advance(hours(2));
    ASSERT_TRUE(rig_.run_pass(collect_));
    EXPECT_TRUE(is_published(id_of(2)));
}

TEST_F(UpkeepOfBlobs, ABlobInAStoreThatItsUploadDoesNotNameIsAnOrphan) {
    core::Upload upload;
    upload.id = id_of(1);
    upload.blobs = {{"other", ""}};
    ASSERT_TRUE(PassRig::run(rig_.memory_catalog.create_upload(upload)));
    make_orphans();
    ASSERT_TRUE(rig_.run_pass(collect_));
    rig_.clock.advance(hours(2));
    ASSERT_TRUE(rig_.run_pass(collect_));
    EXPECT_FALSE(is_staged(id_of(1)));
}

TEST_F(UpkeepOfBlobs, WhatAnEndedUploadLeftGoesToo) {
    core::Upload upload;
    upload.id = id_of(1);
    upload.state = core::UploadState::aborted;
    ASSERT_TRUE(PassRig::run(rig_.memory_catalog.create_upload(upload)));
    make_orphans();
    ASSERT_TRUE(rig_.run_pass(collect_));
    rig_.clock.advance(hours(2));
    ASSERT_TRUE(rig_.run_pass(collect_));
    EXPECT_FALSE(is_staged(id_of(1)));
}

TEST_F(UpkeepOfBlobs, ADeletedFileLiesInTheTrashForAWhile) {
    const auto file = rig_.file_of(2, 'a');
    ASSERT_TRUE(PassRig::run(Files(rig_.world).remove(PassRig::context(), file.id)));
    EXPECT_FALSE(is_published(file.id));
    EXPECT_EQ(in_trash(), 1U);
    rig_.clock.advance(hours(23));
    ASSERT_TRUE(rig_.run_pass(empty_));
    EXPECT_EQ(in_trash(), 1U);
    rig_.clock.advance(hours(2));
    ASSERT_TRUE(rig_.run_pass(empty_));
    EXPECT_EQ(in_trash(), 0U);
}

TEST_F(UpkeepOfBlobs, WithoutATrashADeletedFileGoesAtOnce) {
    rig_.world.options.trash_keep = std::chrono::seconds(0);
    const auto file = rig_.file_of(2, 'a');
    ASSERT_TRUE(PassRig::run(Files(rig_.world).remove(PassRig::context(), file.id)));
    EXPECT_FALSE(is_published(file.id));
    EXPECT_EQ(in_trash(), 0U);
}

TEST_F(UpkeepOfBlobs, WhatARecordNamesIsPutBack) {
    const auto file = rig_.file_of(2, 'a');
    const auto open = rig_.create({.total_parts = 1, .part_size = 4_KiB, .file_size = 4_KiB});
    const std::string content = rig_.content(file.id);
    ASSERT_TRUE(PassRig::run(rig_.memory_store.trash(
        {.id = file.id, .was = ports::BlobState::published, .since = rig_.clock.wall()})));
    ASSERT_TRUE(PassRig::run(rig_.memory_store.trash(
        {.id = open->id, .was = ports::BlobState::staged, .since = rig_.clock.wall()})));
    rig_.clock.advance(hours(25));
    ASSERT_TRUE(rig_.run_pass(empty_));
    EXPECT_EQ(in_trash(), 0U);
    EXPECT_EQ(rig_.content(file.id), content);
    EXPECT_TRUE(is_staged(open->id));
    EXPECT_EQ(rig_.metrics.blobs_purged.value(), 0U);
}

}  // namespace
}  // namespace slipway::engine
