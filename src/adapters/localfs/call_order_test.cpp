// The order of the calls that change or sync something: it is the promise that what is acknowledged
// is durable.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "support/ending.hpp"
#include "support/local_fs_rig.hpp"

namespace slipway::adapters::localfs {
namespace {

using support::blob_id;
using support::ending_of;
using support::filled;
using Calls = std::vector<std::string>;

class CallOrder : public testing::Test {
 protected:
    void SetUp() override {
        const auto opened = rig_.open();
        ASSERT_TRUE(opened) << opened.error().detail;
        rig_.disk().forget_calls();
    }

    // Since the last time, with the id as "ID" and its shards as "staging" and "files".
    Calls changes() {
        Calls kept;
        for (std::string call : rig_.disk().calls()) {
            for (std::size_t at = 0; (at = call.find(id_.to_string(), at)) != std::string::npos;) {
                call.replace(at, id_.to_string().size(), "ID");
            }
            for (std::size_t at = 0; (at = call.find("/5a", at)) != std::string::npos;) {
                call.erase(at, 3);
            }
            const std::string verb = call.substr(0, call.find(' '));
            if (std::ranges::find(kLooking, verb) == std::end(kLooking)) {
                kept.push_back(call);
            }
        }
        rig_.disk().forget_calls();
        return kept;
    }

    static constexpr std::string_view kLooking[] = {"open", "fstat", "stat", "statvfs", "list"};
    const UploadId id_ = blob_id(1);
    support::LocalFsRig rig_;
};

TEST_F(CallOrder, Create) {
    ASSERT_TRUE(rig_.create(id_, 100));
    EXPECT_EQ(changes(), (Calls{"fallocate staging/ID", "fsync staging/ID", "fsync staging"}));
}

TEST_F(CallOrder, CreateWithoutFallocate) {
    rig_.disk().arm({.nth = 1, .error = EOPNOTSUPP, .calls = "fallocate"});
    ASSERT_TRUE(rig_.create(id_, 100));
    EXPECT_EQ(changes(), (Calls{"fallocate staging/ID", "ftruncate staging/ID", "fsync staging/ID",
                                "fsync staging"}));
}

TEST_F(CallOrder, CreateThatFailsUnlinksAgain) {
    rig_.disk().arm({.nth = 1, .error = ENOSPC, .calls = "fallocate"});
    EXPECT_EQ(ending_of(rig_.create(id_, 100)), Errc::storage_full);
    EXPECT_EQ(changes(), (Calls{"fallocate staging/ID", "unlink staging/ID"}));
    EXPECT_TRUE(rig_.list_staged()->empty());
}

TEST_F(CallOrder, GrowReservesWhatIsAddedAndThePartSyncsIt) {
    ASSERT_TRUE(rig_.create(id_, 100));
    changes();
    ASSERT_TRUE(rig_.grow(id_, 150));
    ASSERT_TRUE(rig_.grow(id_, 150));
    ASSERT_TRUE(rig_.put(id_, 100, filled(50, 1)));
    EXPECT_EQ(changes(),
              (Calls{"fallocate staging/ID", "pwrite staging/ID 100 50", "fdatasync staging/ID"}));
}

TEST_F(CallOrder, GrowWithoutFallocate) {
    ASSERT_TRUE(rig_.create(id_, 100));
    changes();
    rig_.disk().arm({.nth = 1, .error = EOPNOTSUPP, .calls = "fallocate"});
    ASSERT_TRUE(rig_.grow(id_, 150));
    EXPECT_EQ(changes(), (Calls{"fallocate staging/ID", "ftruncate staging/ID"}));
    EXPECT_EQ(rig_.staged(id_)->size(), 150U);
}

TEST_F(CallOrder, GrowThatFailsGivesBackWhatItTook) {
    ASSERT_TRUE(rig_.create(id_, 100));
    changes();
    rig_.disk().arm({.nth = 1, .error = ENOSPC, .calls = "fallocate"});
    EXPECT_EQ(ending_of(rig_.grow(id_, 150)), Errc::storage_full);
    EXPECT_EQ(changes(), (Calls{"fallocate staging/ID", "ftruncate staging/ID"}));
    EXPECT_TRUE(rig_.grow(id_, 150));
}

TEST_F(CallOrder, PublishSyncsASizeThatOnlyGrew) {
    ASSERT_TRUE(rig_.create(id_, 100));
    ASSERT_TRUE(rig_.put(id_, 0, filled(100, 1)));
    ASSERT_TRUE(rig_.grow(id_, 150));
    changes();
    ASSERT_TRUE(rig_.publish(id_, 150));
    EXPECT_EQ(changes(), (Calls{"fdatasync staging/ID", "rename staging/ID files/ID", "fsync files",
                                "fsync staging"}));
}

TEST_F(CallOrder, PartIsSyncedAfterItsWrites) {
    ASSERT_TRUE(rig_.create(id_, 100));
    changes();
    ASSERT_TRUE(rig_.put(id_, 0, filled(100, 1)));
    EXPECT_EQ(changes(), (Calls{"pwrite staging/ID 0 100", "fdatasync staging/ID"}));
}

TEST_F(CallOrder, WriteGoesOnAfterShortWritesAndInterruptions) {
    ASSERT_TRUE(rig_.create(id_, 100));
    changes();
    rig_.disk().shorten_writes(40);
    rig_.disk().arm({.nth = 2, .error = EINTR, .calls = "pwrite"});
    ASSERT_TRUE(rig_.put(id_, 0, filled(100, 1)));
    EXPECT_EQ(changes(), (Calls{"pwrite staging/ID 0 100", "pwrite staging/ID 40 60",
                                "pwrite staging/ID 40 60", "pwrite staging/ID 80 20",
                                "fdatasync staging/ID"}));
    EXPECT_EQ(rig_.staged(id_).value(), filled(100, 1));
}

TEST_F(CallOrder, PublishOfWhatIsSyncedAlready) {
    ASSERT_TRUE(rig_.create(id_, 100));
    ASSERT_TRUE(rig_.put(id_, 0, filled(100, 1)));
    changes();
    ASSERT_TRUE(rig_.publish(id_, 100));
    EXPECT_EQ(changes(), (Calls{"rename staging/ID files/ID", "fsync files", "fsync staging"}));
}

TEST_F(CallOrder, PublishSyncsWhatItCutsBeforeTheRename) {
    ASSERT_TRUE(rig_.create(id_, 100));
    ASSERT_TRUE(rig_.put(id_, 0, filled(60, 1)));
    changes();
    ASSERT_TRUE(rig_.publish(id_, 60));
    EXPECT_EQ(changes(), (Calls{"ftruncate staging/ID", "fdatasync staging/ID",
                                "rename staging/ID files/ID", "fsync files", "fsync staging"}));
}

TEST_F(CallOrder, PublishSyncsWhatNoCommitCovered) {
    ASSERT_TRUE(rig_.create(id_, 100));
    {
        auto abandoned = rig_.open_part(id_, 0, 100);
        ASSERT_TRUE(abandoned);
        ASSERT_TRUE(rig_.write(**abandoned, filled(100, 1)));
    }
    changes();
    ASSERT_TRUE(rig_.publish(id_, 100));
    EXPECT_EQ(changes(), (Calls{"fdatasync staging/ID", "rename staging/ID files/ID", "fsync files",
                                "fsync staging"}));
}

TEST_F(CallOrder, PublishAfterARestartSyncsTheBytesOfTheProcessBefore) {
    ASSERT_TRUE(rig_.create(id_, 100));
    ASSERT_TRUE(rig_.open());
    changes();
    ASSERT_TRUE(rig_.publish(id_, 100));
    EXPECT_EQ(changes(), (Calls{"fdatasync staging/ID", "rename staging/ID files/ID", "fsync files",
                                "fsync staging"}));
}

TEST_F(CallOrder, PublishAgainSyncsTheDirectoriesAgain) {
    ASSERT_TRUE(rig_.create(id_, 100));
    ASSERT_TRUE(rig_.publish(id_, 100));
    changes();
    ASSERT_TRUE(rig_.publish(id_, 100));
    EXPECT_EQ(changes(), (Calls{"fsync files", "fsync staging"}));
}

TEST_F(CallOrder, PublishLinksWhereTheFileSystemCannotRenameWithoutReplacing) {
    ASSERT_TRUE(rig_.create(id_, 100));
    changes();
    rig_.disk().arm({.nth = 1, .error = EINVAL, .calls = "rename"});
    ASSERT_TRUE(rig_.publish(id_, 100));
    EXPECT_EQ(changes(),
              (Calls{"rename staging/ID files/ID", "link staging/ID files/ID", "fsync files",
                     "unlink staging/ID", "fsync files", "fsync staging"}));
    EXPECT_EQ(rig_.published(id_)->size(), 100U);
}

TEST_F(CallOrder, PublishAfterACrashBetweenLinkAndUnlink) {
    ASSERT_TRUE(rig_.create(id_, 100));
    ASSERT_EQ(::link((rig_.root() + "/staging/5a/" + id_.to_string()).c_str(),
                     (rig_.root() + "/files/5a/" + id_.to_string()).c_str()),
              0);
    ASSERT_TRUE(rig_.open());
    changes();
    ASSERT_TRUE(rig_.publish(id_, 100));
    EXPECT_EQ(changes(),
              (Calls{"fsync files", "unlink staging/ID", "fsync files", "fsync staging"}));
    EXPECT_TRUE(rig_.list_staged()->empty());
}

TEST_F(CallOrder, Remove) {
    ASSERT_TRUE(rig_.create(id_, 100));
    changes();
    const Calls expected{"unlink staging/ID", "unlink files/ID", "fsync files", "fsync staging"};
    ASSERT_TRUE(rig_.remove(id_));
    EXPECT_EQ(changes(), expected);
    // The attempt before may have crashed before its directories were synced.
    ASSERT_TRUE(rig_.remove(id_));
    EXPECT_EQ(changes(), expected);
}

}  // namespace
}  // namespace slipway::adapters::localfs
