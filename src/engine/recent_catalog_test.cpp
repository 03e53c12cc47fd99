// What is asked of World::recent, which may be behind, and what it may not decide.
#include <gtest/gtest.h>

#include "engine/access/revoke_urls.hpp"
#include "support/engine_rig.hpp"

namespace slipway::engine {
namespace {

using testing::EngineRig;
using testing::text_of_size;

const core::PartPlan kPlan{2, 4_KiB, 8_KiB};

// A rig whose recent catalog stays as it is told to be.
struct RecentRig : EngineRig {
    RecentRig() { world.recent = &recent; }
    core::Upload create_known() {
        auto upload = *create(kPlan);
        EXPECT_TRUE(run(recent.create_upload(upload)));
        return upload;
    }
    std::string body(char content) const { return text_of_size(4096, content); }
    Outcome<UploadStatus> status(const core::Upload& upload) {
        return run(FindUpload(world).status(context(), upload.id));
    }
    adapters::memory::MemoryCatalog recent;
};

TEST(RecentCatalog, IsWhatIsShown) {
    RecentRig rig;
    const auto upload = rig.create_known();
    ASSERT_TRUE(rig.put(upload, 1, rig.body('a')));
    EXPECT_EQ(rig.status(upload)->parts.size(), 0U);
    rig.world.recent = nullptr;
    EXPECT_EQ(rig.status(upload)->parts.size(), 1U);
}

TEST(RecentCatalog, DoesNotDecideWhetherAPartIsThere) {
    RecentRig rig;
    const auto upload = rig.create_known();
    ASSERT_TRUE(rig.put(upload, 1, rig.body('a')));
    const auto other = rig.put(upload, 1, rig.body('z'));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().reason, Reason::part_conflict);
    ASSERT_TRUE(rig.put(upload, 2, rig.body('b')));
    ASSERT_TRUE(rig.complete(upload.id)) << "nor what Complete finds";
    EXPECT_EQ(rig.content(upload.id), rig.body('a') + rig.body('b'));
}

TEST(RecentCatalog, DoesNotRefuseAPart) {
    RecentRig rig;
    auto upload = *rig.create(kPlan);
    ASSERT_TRUE(rig.put(upload, 1, rig.body('a'))) << "it does not know the upload";
    ASSERT_TRUE(rig.run(rig.recent.create_upload(upload)));
    upload = *rig.run(RevokeUrls(rig.world).run(rig.context(), upload.id));
    ASSERT_TRUE(rig.put(upload, 2, rig.body('b'))) << "it knows an older epoch";
}

TEST(RecentCatalog, DoesNotAcknowledgeWhatTheCatalogRefuses) {
    RecentRig rig;
    const auto upload = rig.create_known();
    ASSERT_TRUE(rig.abort(upload.id));
    EXPECT_FALSE(rig.put(upload, 1, rig.body('a')));
    const auto revoked = rig.create_known();
    ASSERT_TRUE(rig.run(RevokeUrls(rig.world).run(rig.context(), revoked.id)));
    EXPECT_EQ(rig.put(revoked, 1, rig.body('a')).error().reason, Reason::url_revoked);
}

}  // namespace
}  // namespace slipway::engine
