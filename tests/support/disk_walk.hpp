// Walks over a store on the local disk: in every life of a blob one call more than before goes
// well, then one fails or the power is lost, until a life comes to its end untouched.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "support/local_fs_rig.hpp"
#include "support/power_cut_disk.hpp"

namespace slipway::support {

// What is walked. `Done` tells how far a life came.
template <class Done>
struct BlobLife {
    void (*prepare)(LocalFsRig&, UploadId);  // before anything fails
    Done (*live)(LocalFsRig&, UploadId);
    bool (*is_whole)(const Done&);
    void (*expect_kept)(LocalFsRig&, UploadId, Done);
    void (*expect_repeatable)(LocalFsRig&, UploadId, Done);
    // So many calls a life has at least; fewer mean that the fault did not fire.
    std::uint16_t least_calls;
};

inline constexpr std::uint16_t kMostCalls = 1000;

template <class Done>
void walk_failing_calls(const BlobLife<Done>& life, int error, Lasting lasting) {
    LocalFsRig rig;
    ASSERT_TRUE(rig.open());
    std::uint16_t n = 0;
    for (bool fired = true; fired && n < kMostCalls && !testing::Test::HasFailure();) {
        const UploadId id = blob_id(++n);
        SCOPED_TRACE("call " + std::to_string(n));
        life.prepare(rig, id);
        rig.disk().arm({.nth = n, .error = error, .lasting = lasting});
        const Done done = life.live(rig, id);
        fired = rig.disk().fired() > 0;
        rig.disk().disarm();
        EXPECT_TRUE(life.is_whole(done) || fired);
        ASSERT_TRUE(rig.open());
        life.expect_kept(rig, id, done);
        life.expect_repeatable(rig, id, done);
    }
    EXPECT_GT(n, life.least_calls);
}

template <class Done>
void walk_power_cuts(const BlobLife<Done>& life, Loses loses) {
    const auto directory = std::make_shared<TempDirectory>(Place::memory);
    const TempDirectory graveyard(Place::memory);
    const auto disk = std::make_shared<PowerCutDisk>(adapters::localfs::system_disk(),
                                                     directory->path(), graveyard.path());
    LocalFsRig rig(directory, disk);
    ASSERT_TRUE(rig.open());
    std::uint16_t n = 0;
    for (bool fired = true; fired && n < kMostCalls && !testing::Test::HasFailure();) {
        const UploadId id = blob_id(++n);
        SCOPED_TRACE("power lost before call " + std::to_string(n));
        life.prepare(rig, id);
        rig.disk().arm({.nth = n, .lasting = Lasting::onward});
        const Done done = life.live(rig, id);
        fired = rig.disk().fired() > 0;
        rig.close();
        disk->cut(loses);
        rig.disk().disarm();
        ASSERT_TRUE(rig.open());
        life.expect_kept(rig, id, done);
        life.expect_repeatable(rig, id, done);
    }
    EXPECT_GT(n, life.least_calls);
}

inline std::string name_of(const testing::TestParamInfo<Loses>& test) {
    return test.param == Loses::names_and_data ? "namesAndData"
           : test.param == Loses::names        ? "names"
                                               : "data";
}

inline const auto kEveryLoss = testing::Values(Loses::names_and_data, Loses::names, Loses::data);

}  // namespace slipway::support
