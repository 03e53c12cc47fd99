// The trash of the local store: its names, and its steps with every call failing and with power
// cuts between any two.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "adapters/localfs/trash_name.hpp"
#include "support/disk_walk.hpp"
#include "support/local_fs_rig.hpp"

namespace slipway::adapters::localfs {
namespace {

using ports::BlobState;
using ports::TrashedBlob;
using support::blob_id;
using support::BlobLife;
using support::filled;
using support::Lasting;
using support::LocalFsRig;
using support::Loses;

constexpr std::size_t kSize = 5000;

TEST(TrashName, IsReadBackAsItWasWritten) {
    for (const BlobState was : {BlobState::staged, BlobState::published}) {
        const TrashedBlob blob{
            .id = blob_id(7), .was = was, .since = from_unix_millis(1'795'388'400'123)};
        EXPECT_EQ(parse_trash_name(trash_name(blob)), blob);
    }
}

TEST(TrashName, OfAnotherFormIsNone) {
    const std::string id = blob_id(7).to_string();
    for (const auto& name : std::vector<std::string>{
             std::string(), id, id + ".published", id + ".published.", id + ".published.1x",
             id + ".published.01", id + ".published.+1", id + ".lost.1", "x.published.1",
             id + ".published.99999999999999999999", id + ".staged.1.2"}) {
        EXPECT_FALSE(parse_trash_name(name)) << name;
    }
}

struct Seen {
    bool published = false;
    std::size_t in_trash = 0;
};

Seen look(LocalFsRig& rig, UploadId id) {
    Seen seen;
    const auto content = rig.published(id);
    seen.published = content.has_value();
    if (content) {
        EXPECT_EQ(*content, filled(kSize, 1));
    }
    for (const TrashedBlob& blob : *rig.list_trash()) {
        seen.in_trash += blob.id == id ? 1U : 0U;
    }
    return seen;
}

// Trashed, put back, trashed and purged: each step only when the one before was acknowledged. How
// many were.
int live(LocalFsRig& rig, UploadId id) {
    const TrashedBlob first{.id = id, .was = BlobState::published, .since = from_unix_millis(1000)};
    const TrashedBlob second{
        .id = id, .was = BlobState::published, .since = from_unix_millis(2000)};
    if (!rig.trash(first)) {
        return 0;
    }
    if (!rig.restore(first)) {
        return 1;
    }
    if (!rig.trash(second)) {
        return 2;
    }
    return rig.purge(second) ? 4 : 3;
}

// After a step failed either its outcome or that of the one before is there, or, after a crash
// within a step, both names; never neither, before the last.
void expect_kept(LocalFsRig& rig, UploadId id, int acknowledged) {
    const Seen seen = look(rig, id);
    switch (acknowledged) {
        case 0:
        case 2:
        case 1:
            EXPECT_TRUE(seen.published || seen.in_trash > 0);
            break;
        case 3:
            EXPECT_FALSE(seen.published);
            break;
        default:
            EXPECT_FALSE(seen.published);
            EXPECT_EQ(seen.in_trash, 0U);
    }
}

// Wherever it stopped, it can be brought back, and can be got rid of.
void expect_repeatable(LocalFsRig& rig, UploadId id, int acknowledged) {
    const bool there = look(rig, id).published;
    for (const TrashedBlob& blob : *rig.list_trash()) {
        if (blob.id == id) {
            const auto restored = rig.restore(blob);
            EXPECT_TRUE(restored) << restored.error().detail;
        }
    }
    if (there || acknowledged < 3) {
        EXPECT_TRUE(look(rig, id).published);
    }
    EXPECT_EQ(look(rig, id).in_trash, 0U);
    EXPECT_TRUE(
        rig.trash({.id = id, .was = BlobState::published, .since = from_unix_millis(3000)}));
    EXPECT_FALSE(look(rig, id).published);
    for (const TrashedBlob& blob : *rig.list_trash()) {
        EXPECT_TRUE(rig.purge(blob));
    }
    EXPECT_EQ(look(rig, id).in_trash, 0U);
}

void prepare(LocalFsRig& rig, UploadId id) {
    ASSERT_TRUE(rig.create(id, kSize));
    ASSERT_TRUE(rig.put(id, 0, filled(kSize, 1)));
    ASSERT_TRUE(rig.publish(id, kSize));
}

const BlobLife<int> kLife{.prepare = prepare,
                          .live = live,
                          .is_whole = [](const int& acknowledged) { return acknowledged == 4; },
                          .expect_kept = expect_kept,
                          .expect_repeatable = expect_repeatable,
                          .least_calls = 15};

TEST(Trash, LosesNothingWhateverCallFails) {
    for (const auto lasting : {Lasting::once, Lasting::onward}) {
        support::walk_failing_calls(kLife, EIO, lasting);
    }
}

class TrashPowerCut : public testing::TestWithParam<Loses> {};

TEST_P(TrashPowerCut, LosesNothing) {
    support::walk_power_cuts(kLife, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Losses, TrashPowerCut, support::kEveryLoss, support::name_of);

}  // namespace
}  // namespace slipway::adapters::localfs
