#include "engine/access/revoke_urls.hpp"

#include <gtest/gtest.h>

#include "support/engine_rig.hpp"
#include "support/failing_ports.hpp"

namespace slipway::engine {
namespace {

using testing::EngineRig;
using testing::FailingCatalog;
using testing::FaultMoment;
using testing::Faults;

const core::PartPlan kPlan{.total_parts = 2, .part_size = 4_KiB, .file_size = 4100_B};
const std::string kFirst = testing::text_of_size(4096, 'a');

Outcome<core::Upload> revoke(EngineRig& rig, UploadId id, const std::string& owner = "alice") {
    return rig.run(RevokeUrls(rig.world).run({.request_id = "test", .owner = owner}, id));
}

TEST(RevokeUrls, UrlsOfBeforeAreWorthNothingAndNewOnesAreGood) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    ASSERT_TRUE(rig.put(upload, 1, kFirst));
    const auto revoked = revoke(rig, upload.id);
    ASSERT_TRUE(revoked) << revoked.error().detail;
    EXPECT_EQ(revoked->epoch, upload.epoch + 1);
    for (const std::uint32_t number : {1U, 2U}) {
        const auto refused = rig.put(upload, number, number == 1 ? kFirst : "tail");
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, Reason::url_revoked);
    }
    const auto again = rig.put(*revoked, 1, kFirst);
    ASSERT_TRUE(again) << "what was recorded stays";
    EXPECT_TRUE(again->already_stored);
    ASSERT_TRUE(rig.put(*revoked, 2, "tail"));
    ASSERT_TRUE(rig.complete(upload.id));
    EXPECT_EQ(rig.content(upload.id), kFirst + "tail");
}

TEST(RevokeUrls, NothingElseOfTheUploadChanges) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    const auto first = revoke(rig, upload.id);
    ASSERT_TRUE(first);
    auto expected = upload;
    expected.epoch += 1;
    EXPECT_EQ(*first, expected);
    EXPECT_EQ(rig.run(rig.memory_catalog.find_upload(upload.id)), expected);
    EXPECT_EQ(revoke(rig, upload.id)->epoch, upload.epoch + 2);
    EXPECT_FALSE(rig.put(*first, 1, kFirst)) << "each ends what was signed before it";
}

TEST(RevokeUrls, AnUploadThatIsNotOpenHasNone) {
    EngineRig rig;
    const auto complete = *rig.create({0, 4_KiB, 0_B});
    ASSERT_TRUE(rig.complete(complete.id));
    EXPECT_EQ(revoke(rig, complete.id).error().reason, Reason::upload_complete);
    const auto aborted = *rig.create(kPlan);
    ASSERT_TRUE(rig.abort(aborted.id));
    EXPECT_EQ(revoke(rig, aborted.id).error().reason, Reason::upload_aborted);
    const auto late = *rig.create(kPlan);
    rig.clock.advance(std::chrono::hours(24));
    EXPECT_EQ(revoke(rig, late.id).error().reason, Reason::upload_expired);
    EXPECT_EQ(revoke(rig, UploadId()).error().reason, Reason::upload_not_found);
}

TEST(RevokeUrls, AnothersUploadIsNotThere) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    EXPECT_EQ(revoke(rig, upload.id, "mallory").error().reason, Reason::upload_not_found);
    EXPECT_TRUE(rig.put(upload, 1, kFirst));
}

// Whatever was answered: the URLs are revoked or not, and both of it can be gone on from.
TEST(RevokeUrls, ACommitThatFailsLeavesOneOfTheTwo) {
    for (const auto moment : {FaultMoment::before, FaultMoment::after}) {
        Faults faults{moment, 0};
        EngineRig rig(
            [&faults](ports::Catalog& inner) {
                return std::make_unique<FailingCatalog>(inner, faults);
            },
            nullptr);
        const auto upload = *rig.create(kPlan);
        // Found, found again, and changed.
        faults.at = faults.calls + 3;
        EXPECT_FALSE(revoke(rig, upload.id));
        faults.at = 0;
        EXPECT_EQ(rig.put(upload, 1, kFirst).has_value(), moment == FaultMoment::before);
        EXPECT_TRUE(revoke(rig, upload.id));
        EXPECT_FALSE(rig.put(upload, 1, kFirst));
    }
}

}  // namespace
}  // namespace slipway::engine
