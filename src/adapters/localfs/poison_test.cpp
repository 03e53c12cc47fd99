// What an error of the disk does to a blob: nothing of it is acknowledged any more, and it is never
// synced again.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/ending.hpp"
#include "support/local_fs_rig.hpp"

namespace slipway::adapters::localfs {
namespace {

using support::blob_id;
using support::ending_of;
using support::filled;

class Poison : public testing::Test {
 protected:
    void SetUp() override {
        ASSERT_TRUE(rig_.open());
        ASSERT_TRUE(rig_.create(id_, 100));
        ASSERT_TRUE(rig_.put(id_, 0, filled(10, 1)));
        rig_.disk().forget_calls();
    }

    std::ptrdiff_t syncs() {
        return std::ranges::count_if(rig_.disk().calls(), [](const std::string& call) {
            return call.starts_with("fdatasync");
        });
    }
    void expect_poisoned() {
        const auto before = syncs();
        EXPECT_EQ(ending_of(rig_.put(id_, 20, filled(10, 3))), Errc::corrupted);
        EXPECT_EQ(ending_of(rig_.open_part(id_, 0, 10)), Errc::corrupted);
        EXPECT_EQ(ending_of(rig_.publish(id_, 100)), Errc::corrupted);
        EXPECT_EQ(syncs(), before);
        // Another blob of the same directory is sound.
        EXPECT_TRUE(rig_.create(other_, 10));
        EXPECT_TRUE(rig_.put(other_, 0, filled(10, 4)));
        EXPECT_TRUE(rig_.publish(other_, 10));
    }

    const UploadId id_ = blob_id(1);
    const UploadId other_ = blob_id(2);
    support::LocalFsRig rig_;
};

TEST_F(Poison, AGrowThatMetABrokenDisk) {
    rig_.disk().arm({.nth = 1, .error = EIO, .calls = "fallocate"});
    EXPECT_EQ(ending_of(rig_.grow(id_, 200)), Errc::corrupted);
    EXPECT_EQ(rig_.disk().fired(), 1U);
    EXPECT_EQ(ending_of(rig_.grow(id_, 200)), Errc::corrupted);
    expect_poisoned();
}

TEST_F(Poison, ASyncThatFailed) {
    auto waiting = rig_.open_part(id_, 50, 10);
    ASSERT_TRUE(waiting);
    ASSERT_TRUE(rig_.write(**waiting, filled(10, 5)));
    rig_.disk().arm({.nth = 1, .error = EIO, .calls = "fdatasync"});
    EXPECT_EQ(ending_of(rig_.put(id_, 10, filled(10, 2))), Errc::corrupted);
    EXPECT_EQ(rig_.disk().fired(), 1U);
    // It wrote before the sync failed: its pages may be the ones that were dropped.
    EXPECT_EQ(ending_of(rig_.commit(**waiting)), Errc::corrupted);
    expect_poisoned();
}

TEST_F(Poison, ASyncThatFoundNoRoom) {
    rig_.disk().arm({.nth = 1, .error = ENOSPC, .calls = "fdatasync"});
    EXPECT_EQ(ending_of(rig_.put(id_, 10, filled(10, 2))), Errc::corrupted);
    expect_poisoned();
}

TEST_F(Poison, AWriteThatMetABrokenDisk) {
    rig_.disk().arm({.nth = 1, .error = EIO, .calls = "pwrite"});
    EXPECT_EQ(ending_of(rig_.put(id_, 10, filled(10, 2))), Errc::corrupted);
    expect_poisoned();
}

TEST_F(Poison, ARenameThatMetABrokenDisk) {
    rig_.disk().arm({.nth = 1, .error = EIO, .calls = "rename"});
    EXPECT_EQ(ending_of(rig_.publish(id_, 100)), Errc::corrupted);
    expect_poisoned();
}

TEST_F(Poison, ADirectorySyncThatFailedInPublish) {
    rig_.disk().arm({.nth = 1, .error = EIO, .calls = "fsync files"});
    EXPECT_EQ(ending_of(rig_.publish(id_, 100)), Errc::corrupted);
    EXPECT_EQ(ending_of(rig_.publish(id_, 100)), Errc::corrupted);
    // The next process begins with fresh descriptors, and says so if the disk is still broken.
    ASSERT_TRUE(rig_.open());
    EXPECT_TRUE(rig_.publish(id_, 100));
}

TEST_F(Poison, OutlivesTheOpenBlob) {
    ASSERT_TRUE(rig_.open(1));
    rig_.disk().arm({.nth = 1, .error = EIO, .calls = "fdatasync"});
    EXPECT_EQ(ending_of(rig_.put(id_, 10, filled(10, 2))), Errc::corrupted);
    for (std::uint16_t n = 10; n < 20; ++n) {
        ASSERT_TRUE(rig_.create(blob_id(n), 10));
    }
    expect_poisoned();
}

TEST_F(Poison, EndsWithTheBlob) {
    rig_.disk().arm({.nth = 1, .error = EIO, .calls = "fdatasync"});
    EXPECT_EQ(ending_of(rig_.put(id_, 10, filled(10, 2))), Errc::corrupted);
    EXPECT_TRUE(rig_.remove(id_));
    EXPECT_TRUE(rig_.create(id_, 100));
    EXPECT_TRUE(rig_.put(id_, 10, filled(10, 2)));
    EXPECT_TRUE(rig_.publish(id_, 100));
}

TEST_F(Poison, LackOfRoomFailsOnlyItsOwnPart) {
    auto sink = rig_.open_part(id_, 20, 20);
    ASSERT_TRUE(sink);
    ASSERT_TRUE(rig_.write(**sink, filled(10, 2)));
    rig_.disk().arm({.nth = 1, .error = ENOSPC, .calls = "pwrite"});
    EXPECT_EQ(ending_of(rig_.write(**sink, filled(5, 3))), Errc::storage_full);
    EXPECT_EQ(ending_of(rig_.write(**sink, filled(5, 3))), Errc::storage_full);
    EXPECT_EQ(ending_of(rig_.commit(**sink)), Errc::storage_full);
    EXPECT_TRUE(rig_.put(id_, 20, filled(20, 4)));
    EXPECT_TRUE(rig_.publish(id_, 40));
    EXPECT_EQ(rig_.published(id_)->back(), std::byte{4});
}

TEST_F(Poison, AShortWriteThatIsFollowedByLackOfRoomIsNoSuccess) {
    rig_.disk().shorten_writes(4);
    rig_.disk().arm({.nth = 2, .error = ENOSPC, .calls = "pwrite"});
    EXPECT_EQ(ending_of(rig_.put(id_, 10, filled(10, 2))), Errc::storage_full);
}

}  // namespace
}  // namespace slipway::adapters::localfs
