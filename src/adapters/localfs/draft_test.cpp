// Drafts of the local store: their names, the order of their calls, what is done where the kernel
// cannot copy, and their steps with every call failing and with power cuts between any two.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "adapters/localfs/draft_name.hpp"
#include "support/disk_walk.hpp"
#include "support/ending.hpp"
#include "support/local_fs_rig.hpp"

namespace slipway::adapters::localfs {
namespace {

using ports::DraftName;
using ports::PartRegion;
using support::blob_id;
using support::BlobLife;
using support::Bytes;
using support::ending_of;
using support::filled;
using support::Lasting;
using support::LocalFsRig;
using support::Loses;

constexpr std::size_t kFirst = 5001;
constexpr std::size_t kSecond = 3000;
constexpr std::size_t kFirstAt = 4096;
constexpr std::size_t kWhole = kFirst + kSecond;

TEST(DraftFileName, IsReadBackAsItWasWritten) {
    for (const std::uint64_t token :
         {std::uint64_t{0}, std::uint64_t{0xc0ffee}, ~std::uint64_t{0}}) {
        const DraftName name{blob_id(7), token};
        EXPECT_EQ(parse_draft_name(draft_file_name(name)), name);
    }
    EXPECT_EQ(draft_file_name({blob_id(7), 0xc0ffee}),
              blob_id(7).to_string() + ".draft-0000000000c0ffee");
}

TEST(DraftFileName, OfAnotherFormIsNone) {
    const std::string id = blob_id(7).to_string();
    for (const auto& name : std::vector<std::string>{
             std::string(), id, id + ".draft-", id + ".draft-1", id + ".draft-0000000000C0FFEE",
             id + ".draft-00000000000c0ffee", id + ".draft--000000000c0ffee",
             id + ".draft-0000000000c0ffe ", "x.draft-0000000000c0ffee",
             id + ".draft-0000000000c0ffee.draft-0000000000c0ffee"}) {
        EXPECT_FALSE(parse_draft_name(name)) << name;
    }
}

Bytes whole() {
    Bytes bytes = filled(kFirst, 1);
    bytes.insert(bytes.end(), kSecond, std::byte{2});
    return bytes;
}

PartRegion first_extent() {
    return {ByteOffset(kFirstAt), ByteCount(kFirst)};
}
PartRegion second_extent() {
    return {ByteOffset(0), ByteCount(kSecond)};
}

void stage(LocalFsRig& rig, UploadId id) {
    ASSERT_TRUE(rig.create(id, kFirstAt + kFirst));
    ASSERT_TRUE(rig.put(id, 0, filled(kSecond, 2)));
    ASSERT_TRUE(rig.put(id, kFirstAt, filled(kFirst, 1)));
}

class DraftCalls : public testing::Test {
 protected:
    void SetUp() override {
        ASSERT_TRUE(rig_.open());
        stage(rig_, id_);
        rig_.disk().forget_calls();
    }
    // Since the last time, without the shards, and with the id and the draft as "ID" and "DRAFT".
    std::vector<std::string> changes() {
        std::vector<std::string> kept;
        for (std::string call : rig_.disk().calls()) {
            for (const auto& [text, name] :
                 {std::pair<std::string, std::string>(draft_file_name(name_), "DRAFT"),
                  {id_.to_string(), "ID"},
                  {"/5a", ""}}) {
                for (std::size_t at = 0; (at = call.find(text, at)) != std::string::npos;) {
                    call.replace(at, text.size(), name);
                }
            }
            const std::string verb = call.substr(0, call.find(' '));
            if (verb != "open" && verb != "fstat" && verb != "stat" && verb != "statvfs" &&
                verb != "list") {
                kept.push_back(call);
            }
        }
        rig_.disk().forget_calls();
        return kept;
    }

    using Calls = std::vector<std::string>;
    const UploadId id_ = blob_id(1);
    const DraftName name_{id_, 7};
    LocalFsRig rig_;
};

TEST_F(DraftCalls, AreInOrder) {
    auto draft = rig_.create_draft(name_, kWhole);
    ASSERT_TRUE(draft);
    EXPECT_EQ(changes(),
              (Calls{"fallocate staging/DRAFT", "fsync staging/DRAFT", "fsync staging"}));
    ASSERT_TRUE(LocalFsRig::copy(**draft, first_extent(), 0));
    ASSERT_TRUE(LocalFsRig::copy(**draft, second_extent(), kFirst));
    ASSERT_TRUE(LocalFsRig::sync(**draft));
    EXPECT_EQ(changes(), (Calls{"copy_file_range staging/ID 4096 staging/DRAFT 0 5001",
                                "copy_file_range staging/ID 0 staging/DRAFT 5001 3000",
                                "fdatasync staging/DRAFT"}));
    ASSERT_TRUE(rig_.publish_draft(name_, kWhole));
    EXPECT_EQ(changes(), (Calls{"rename staging/DRAFT files/ID", "fsync files", "fsync staging"}));
    ASSERT_TRUE(rig_.publish_draft(name_, kWhole));
    EXPECT_EQ(changes(), (Calls{"fsync files", "fsync staging"}));
    ASSERT_TRUE(rig_.remove_staged(id_));
    EXPECT_EQ(changes(), (Calls{"unlink staging/ID", "fsync staging"}));
    EXPECT_EQ(rig_.published(id_).value(), whole());
}

// The kernel tells a lost entry once: a later fsync that says "ok" proves nothing.
TEST_F(DraftCalls, AreNotPublishedAgainWhereADirectoryWasNotSynced) {
    for (const char* directory : {"fsync files", "fsync staging"}) {
        ASSERT_TRUE(rig_.create_draft(name_, kWhole));
        rig_.disk().arm({.nth = 1, .error = ENOSPC, .calls = directory});
        EXPECT_EQ(ending_of(rig_.publish_draft(name_, kWhole)), Errc::corrupted) << directory;
        EXPECT_EQ(rig_.disk().fired(), 1U);
        changes();
        EXPECT_EQ(ending_of(rig_.publish_draft(name_, kWhole)), Errc::corrupted) << directory;
        EXPECT_EQ(changes(), Calls{});
        ASSERT_TRUE(rig_.open());
        EXPECT_TRUE(rig_.publish_draft(name_, kWhole)) << directory;
        ASSERT_EQ(::unlink((rig_.root() + "/files/5a/" + id_.to_string()).c_str()), 0);
    }
}

TEST_F(DraftCalls, GoOnAfterShortCopiesAndInterruptions) {
    auto draft = rig_.create_draft(name_, kWhole);
    ASSERT_TRUE(draft);
    changes();
    rig_.disk().shorten_writes(2000);
    rig_.disk().arm({.nth = 2, .error = EINTR, .calls = "copy_file_range"});
    ASSERT_TRUE(LocalFsRig::copy(**draft, second_extent(), 10));
    EXPECT_EQ(changes(), (Calls{"copy_file_range staging/ID 0 staging/DRAFT 10 3000",
                                "copy_file_range staging/ID 2000 staging/DRAFT 2010 1000",
                                "copy_file_range staging/ID 2000 staging/DRAFT 2010 1000"}));
}

TEST_F(DraftCalls, CopyThroughMemoryWhereTheKernelCannot) {
    for (const int error : {EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EPERM}) {
        ASSERT_TRUE(rig_.discard_drafts(id_));
        auto draft = rig_.create_draft(name_, kWhole);
        ASSERT_TRUE(draft);
        rig_.disk().arm(
            {.nth = 1, .error = error, .lasting = Lasting::onward, .calls = "copy_file_range"});
        ASSERT_TRUE(LocalFsRig::copy(**draft, first_extent(), 0)) << error;
        ASSERT_TRUE(LocalFsRig::copy(**draft, second_extent(), kFirst)) << error;
        rig_.disk().disarm();
        ASSERT_TRUE(LocalFsRig::sync(**draft));
    }
    ASSERT_TRUE(rig_.publish_draft(name_, kWhole));
    EXPECT_EQ(rig_.published(id_).value(), whole());
}

TEST_F(DraftCalls, ADraftWhoseSyncFailedIsNeverSyncedAgain) {
    auto draft = rig_.create_draft(name_, kWhole);
    ASSERT_TRUE(draft);
    ASSERT_TRUE(LocalFsRig::copy(**draft, first_extent(), 0));
    rig_.disk().arm({.nth = 1, .error = ENOSPC, .calls = "fdatasync"});
    EXPECT_EQ(ending_of(LocalFsRig::sync(**draft)), Errc::corrupted);
    rig_.disk().disarm();
    changes();
    EXPECT_EQ(ending_of(LocalFsRig::sync(**draft)), Errc::corrupted);
    EXPECT_EQ(ending_of(LocalFsRig::copy(**draft, first_extent(), 0)), Errc::corrupted);
    EXPECT_EQ(changes(), Calls{});
}

TEST_F(DraftCalls, ABlobThatEndsEarlyIsNoticed) {
    auto draft = rig_.create_draft(name_, kWhole);
    ASSERT_TRUE(draft);
    ASSERT_EQ(::truncate((rig_.root() + "/staging/5a/" + id_.to_string()).c_str(), 5000), 0);
    EXPECT_EQ(ending_of(LocalFsRig::copy(**draft, first_extent(), 0)), Errc::corrupted);
}

// As the engine does it: each step only when the one before was acknowledged. How many were.
int live(LocalFsRig& rig, UploadId id) {
    const DraftName name{id, 1};
    auto draft = rig.create_draft(name, kWhole);
    if (!draft) {
        return 0;
    }
    if (!LocalFsRig::copy(**draft, first_extent(), 0) || !LocalFsRig::sync(**draft)) {
        return 1;
    }
    if (!LocalFsRig::copy(**draft, second_extent(), kFirst) || !LocalFsRig::sync(**draft)) {
        return 2;
    }
    if (!rig.publish_draft(name, kWhole)) {
        return 3;
    }
    return rig.remove_staged(id) ? 5 : 4;
}

void expect_kept(LocalFsRig& rig, UploadId id, int acknowledged) {
    const auto published = rig.published(id);
    if (published) {
        // A file appears whole or not at all, acknowledged or not.
        EXPECT_EQ(*published, whole());
    }
    if (acknowledged >= 4) {
        EXPECT_TRUE(published);
    } else {
        // What it is made from is there until it is.
        const auto staged = rig.staged(id);
        EXPECT_TRUE(staged);
        EXPECT_EQ(Bytes(staged->begin() + kFirstAt, staged->end()), filled(kFirst, 1));
        EXPECT_EQ(Bytes(staged->begin(), staged->begin() + kSecond), filled(kSecond, 2));
    }
}

// After a restart it goes on from its checkpoint, where there is one, and comes to its end.
void expect_repeatable(LocalFsRig& rig, UploadId id, int acknowledged) {
    DraftName name{id, 1};
    if (!rig.published(id)) {
        auto draft = rig.open_draft(name, kWhole);
        if (acknowledged >= 1) {
            EXPECT_TRUE(draft);
        }
        if (acknowledged < 2) {
            // Nothing of the first extent is known to be durable.
            EXPECT_TRUE(rig.discard_drafts(id));
            name.token = 2;
            draft = rig.create_draft(name, kWhole);
            ASSERT_TRUE(draft);
            EXPECT_TRUE(LocalFsRig::copy(**draft, first_extent(), 0));
        }
        if (acknowledged < 3) {
            EXPECT_TRUE(LocalFsRig::copy(**draft, second_extent(), kFirst));
            EXPECT_TRUE(LocalFsRig::sync(**draft));
        }
    }
    EXPECT_TRUE(rig.publish_draft(name, kWhole));
    EXPECT_TRUE(rig.remove_staged(id));
    EXPECT_EQ(rig.published(id).value(), whole());
    EXPECT_TRUE(rig.list_staged()->empty());
    EXPECT_TRUE(rig.list_drafts()->empty());
    EXPECT_TRUE(rig.remove(id));
}

const BlobLife<int> kLife{.prepare = stage,
                          .live = live,
                          .is_whole = [](const int& acknowledged) { return acknowledged == 5; },
                          .expect_kept = expect_kept,
                          .expect_repeatable = expect_repeatable,
                          .least_calls = 20};

TEST(Drafts, LoseNothingWhateverCallFails) {
    for (const auto lasting : {Lasting::once, Lasting::onward}) {
        for (const int error : {EIO, ENOSPC, EINVAL}) {
            support::walk_failing_calls(kLife, error, lasting);
        }
    }
}

class DraftPowerCut : public testing::TestWithParam<Loses> {};

TEST_P(DraftPowerCut, LosesNothing) {
    support::walk_power_cuts(kLife, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Losses, DraftPowerCut, support::kEveryLoss, support::name_of);

}  // namespace
}  // namespace slipway::adapters::localfs
