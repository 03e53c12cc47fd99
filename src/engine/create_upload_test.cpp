// Quotas and idempotency keys at creation.
#include "engine/create_upload.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/fingerprint.hpp"
#include "support/engine_rig.hpp"

namespace slipway::engine {
namespace {

using testing::EngineRig;

NewUpload wanted_upload(std::optional<std::string> key = {}) {
    NewUpload wanted;
    wanted.file_name = "file";
    wanted.plan = {.total_parts = 2, .part_size = 4096_B, .file_size = std::nullopt};
    wanted.idempotency_key = std::move(key);
    return wanted;
}

class CreateUploadTest : public ::testing::Test {
 protected:
    Outcome<core::Upload> create(NewUpload wanted, const std::string& owner = "alice") {
        return rig_.run(
            CreateUpload(rig_.world).run({.request_id = "test", .owner = owner}, wanted));
    }
    std::size_t blobs() { return rig_.run(rig_.memory_store.list_staged())->size(); }

    EngineRig rig_;
};

TEST_F(CreateUploadTest, BeyondTheQuotaNothingIsCreated) {
    rig_.world.options.quota.bytes = 3 * 4096;
    ASSERT_TRUE(create(wanted_upload()));
    auto declaring = wanted_upload();
    declaring.complete_when_full = true;
    const auto refused = create(declaring);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::quota_exceeded);
    EXPECT_EQ(refused.error().excess,
              (core::QuotaExcess{core::QuotaKind::bytes, 3 * 4096, 2 * 4096}));
    EXPECT_EQ(blobs(), 1U);
    EXPECT_EQ(rig_.run(rig_.queue.stats(rig_.clock.wall()))->count(core::TaskStatus::pending), 0U);
    EXPECT_TRUE(create(wanted_upload(), "bob")) << "each has a quota of their own";
}

// Some look ahead before another commits.
TEST_F(CreateUploadTest, RacersAboveTheQuotaLeaveNoBlob) {
    rig_.world.options.quota.files = 1;
    std::vector<std::jthread> racers;
    std::atomic<int> created = 0;
    for (int i = 0; i < 8; ++i) {
        racers.emplace_back([&] { created += create(wanted_upload()) ? 1 : 0; });
    }
    racers.clear();
    EXPECT_EQ(created, 1);
    EXPECT_EQ(blobs(), 1U);
}

TEST_F(CreateUploadTest, TheSameKeyAndRequestIsTheSameUpload) {
    const auto first = create(wanted_upload("k"));
    ASSERT_TRUE(first);
    EXPECT_EQ(create(wanted_upload("k")), *first);
    EXPECT_EQ(blobs(), 1U);
    rig_.world.options.quota.files = 1;
    EXPECT_EQ(create(wanted_upload("k")), *first) << "whatever the quota is now";
    ASSERT_TRUE(rig_.abort(first->id));
    const auto ended = create(wanted_upload("k"));
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->id, first->id);
    EXPECT_EQ(ended->state, core::UploadState::aborted);
}

TEST_F(CreateUploadTest, TheSameKeyForSomethingElseIsRefused) {
    ASSERT_TRUE(create(wanted_upload("k")));
    auto other = wanted_upload("k");
    other.file_name = "another";
    const auto refused = create(other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::idempotency_key_reused);
    EXPECT_EQ(blobs(), 1U);
    EXPECT_TRUE(create(other, "bob")) << "keys are the principal's own";
}

TEST_F(CreateUploadTest, AtTheSameTimeWithTheSameKeyIsOneUpload) {
    std::vector<std::optional<UploadId>> ids(8);
    {
        std::vector<std::jthread> racers;
        for (auto& id : ids) {
            racers.emplace_back([&] {
                if (const auto upload = create(wanted_upload("k"))) {
                    id = upload->id;
                }
            });
        }
    }
    for (const auto& id : ids) {
        EXPECT_TRUE(id);
        EXPECT_EQ(id, ids.front());
    }
    EXPECT_EQ(blobs(), 1U);
}

TEST(Fingerprint, TellsEveryMemberApart) {
    std::vector<NewUpload> all(1, wanted_upload());
    const auto add = [&all](auto change) { change(all.emplace_back(wanted_upload())); };
    add([](auto& u) { u.file_name = "other"; });
    add([](auto& u) { u.content_type = "file"; });
    add([](auto& u) { u.plan.total_parts = 3; });
    add([](auto& u) { u.plan.part_size = 8192_B; });
    add([](auto& u) { u.plan.file_size = 5000_B; });
    add([](auto& u) { u.plan.file_size = 0_B; });
    add([](auto& u) { u.checksum = DigestKind::md5; });
    add([](auto& u) { u.declared.sha256.emplace(); });
    add([](auto& u) { u.declared.md5.emplace(); });
    add([](auto& u) { u.complete_when_full = true; });
    add([](auto& u) { u.metadata = {{"a", "bc"}}; });
    add([](auto& u) { u.metadata = {{"ab", "c"}}; });
    add([](auto& u) { u.expires_in = std::chrono::seconds(0); });
    add([](auto& u) { u.expires_in = std::chrono::seconds(60); });
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < all.size(); ++j) {
            EXPECT_EQ(fingerprint_of(all[i]) == fingerprint_of(all[j]), i == j) << i << " " << j;
        }
    }
    EXPECT_EQ(fingerprint_of(wanted_upload("k")), fingerprint_of(wanted_upload()));
}

}  // namespace
}  // namespace slipway::engine
