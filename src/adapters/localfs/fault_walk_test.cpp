// Failure is walked, not sampled: the life of a blob with its Nth system call failing, for N = 1,
// 2, 3 … until nothing fails; with each kind of error, once and for good; then a restart, with and
// without a loss of power. What was acknowledged must be there, and what was not must be possible
// to do again.
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>

#include "support/disk_walk.hpp"
#include "support/local_fs_rig.hpp"
#include "support/power_cut_disk.hpp"

namespace slipway::adapters::localfs {
namespace {

using support::blob_id;
using support::BlobLife;
using support::Bytes;
using support::Fault;
using support::filled;
using support::Lasting;
using support::LocalFsRig;
using support::Loses;
using support::Place;
using support::PowerCutDisk;
using support::TempDirectory;

constexpr std::size_t kPart = 5000;
constexpr std::size_t kSize = 2 * kPart;
constexpr std::size_t kCapacity = 3 * kPart;

Bytes whole() {
    Bytes bytes = filled(kPart, 1);
    bytes.insert(bytes.end(), kPart, std::byte{2});
    return bytes;
}

struct Acknowledged {
    bool created = false;
    bool first = false;
    bool second = false;
    bool published = false;
};

// As the engine does it: a step is begun only when those before it are acknowledged.
Acknowledged live(LocalFsRig& rig, UploadId id) {
    Acknowledged done;
    done.created = rig.create(id, kPart).has_value();
    done.second = done.created && rig.grow(id, kCapacity) && rig.put(id, kPart, filled(kPart, 2));
    done.first = done.created && rig.put(id, 0, filled(kPart, 1));
    done.published = done.first && done.second && rig.publish(id, kSize);
    return done;
}

Bytes piece(const Result<Bytes>& content, std::size_t offset) {
    if (!content || content->size() < offset + kPart) {
        return {};
    }
    const auto begin = content->begin() + static_cast<std::ptrdiff_t>(offset);
    return {begin, begin + static_cast<std::ptrdiff_t>(kPart)};
}

void expect_kept(LocalFsRig& rig, UploadId id, Acknowledged done) {
    const auto published = rig.published(id);
    const auto content = published ? published : rig.staged(id);
    if (done.published) {
        EXPECT_TRUE(published);
    }
    if (published) {
        // A file appears whole or not at all, acknowledged or not.
        EXPECT_EQ(*published, whole());
    }
    if (done.created) {
        EXPECT_TRUE(content);
    }
    if (done.first) {
        EXPECT_EQ(piece(content, 0), filled(kPart, 1));
    }
    if (done.second) {
        EXPECT_EQ(piece(content, kPart), filled(kPart, 2));
    }
}

// What a client and recovery do after a restart: every step that was not acknowledged, again.
void expect_repeatable(LocalFsRig& rig, UploadId id, Acknowledged done) {
    const bool is_published = rig.published(id).has_value();
    if (!done.created) {
        // Recovery removes what no record names.
        EXPECT_TRUE(rig.remove(id));
        EXPECT_TRUE(rig.create(id, kPart));
    }
    if (!is_published && !done.first) {
        EXPECT_TRUE(rig.put(id, 0, filled(kPart, 1)));
    }
    if (!is_published && !done.second) {
        EXPECT_TRUE(rig.grow(id, kCapacity));
        EXPECT_TRUE(rig.put(id, kPart, filled(kPart, 2)));
    }
    const auto published = rig.publish(id, kSize);
    EXPECT_TRUE(published) << published.error().detail;
    EXPECT_TRUE(rig.publish(id, kSize));
    EXPECT_EQ(rig.published(id).value(), whole());
    EXPECT_TRUE(rig.list_staged()->empty());
    EXPECT_TRUE(rig.remove(id));
    EXPECT_FALSE(rig.published(id));
}

struct Walk {
    int error;
    Lasting lasting;
};

class FaultWalk : public testing::TestWithParam<Walk> {};

TEST_P(FaultWalk, NothingAcknowledgedIsLost) {
    LocalFsRig rig;
    ASSERT_TRUE(rig.open());
    std::uint16_t n = 0;
    do {
        ++n;
        SCOPED_TRACE("call " + std::to_string(n));
        ASSERT_TRUE(rig.open());
        rig.disk().arm({.nth = n, .error = GetParam().error, .lasting = GetParam().lasting});
        const Acknowledged done = live(rig, blob_id(n));
        const bool fired = rig.disk().fired() > 0;
        rig.disk().disarm();
        EXPECT_TRUE(done.published || fired);
        expect_kept(rig, blob_id(n), done);
        ASSERT_TRUE(rig.open());
        expect_kept(rig, blob_id(n), done);
        expect_repeatable(rig, blob_id(n), done);
        if (!fired) {
            break;
        }
    } while (n < 1000 && !HasFailure());
    // So many calls a life has at least; fewer mean that the fault did not fire.
    EXPECT_GT(n, 20);
}

std::string name_of(const testing::TestParamInfo<Walk>& test) {
    return std::string(test.param.error == EIO ? "broken" : "full") +
           (test.param.lasting == Lasting::once ? "Once" : "ForGood");
}

INSTANTIATE_TEST_SUITE_P(Errors, FaultWalk,
                         testing::Values(Walk{EIO, Lasting::once}, Walk{EIO, Lasting::onward},
                                         Walk{ENOSPC, Lasting::once},
                                         Walk{ENOSPC, Lasting::onward}),
                         name_of);

// The others lie in memory where they can.
TEST(OnARealDisk, ABlobLives) {
    LocalFsRig rig(std::make_shared<TempDirectory>(Place::disk), system_disk());
    ASSERT_TRUE(rig.open());
    EXPECT_TRUE(live(rig, blob_id(1)).published);
    ASSERT_TRUE(rig.open());
    EXPECT_EQ(rig.published(blob_id(1)).value(), whole());
    EXPECT_TRUE(rig.remove(blob_id(1)));
}

class PowerCutWalk : public testing::TestWithParam<Loses> {};

TEST_P(PowerCutWalk, NothingAcknowledgedIsLost) {
    const BlobLife<Acknowledged> life{
        .prepare = [](LocalFsRig&, UploadId) {},
        .live = live,
        .is_whole = [](const Acknowledged& done) { return done.published; },
        .expect_kept = expect_kept,
        .expect_repeatable = expect_repeatable,
        .least_calls = 20};
    support::walk_power_cuts(life, GetParam());
}

TEST_P(PowerCutWalk, WhatIsRemovedStaysRemoved) {
    const auto directory = std::make_shared<TempDirectory>(Place::memory);
    const TempDirectory graveyard(Place::memory);
    const auto disk =
        std::make_shared<PowerCutDisk>(system_disk(), directory->path(), graveyard.path());
    LocalFsRig rig(directory, disk);
    ASSERT_TRUE(rig.open());
    ASSERT_TRUE(rig.create(blob_id(1), 10));
    ASSERT_TRUE(rig.create(blob_id(2), 10));
    ASSERT_TRUE(rig.publish(blob_id(2), 10));
    ASSERT_TRUE(rig.remove(blob_id(1)));
    ASSERT_TRUE(rig.remove(blob_id(2)));
    rig.close();
    disk->cut(GetParam());
    ASSERT_TRUE(rig.open());
    EXPECT_TRUE(rig.list_staged()->empty());
    EXPECT_FALSE(rig.published(blob_id(2)));
}

INSTANTIATE_TEST_SUITE_P(Losses, PowerCutWalk, support::kEveryLoss, support::name_of);

}  // namespace
}  // namespace slipway::adapters::localfs
