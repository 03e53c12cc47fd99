// Idempotency keys of Complete.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "engine/fingerprint.hpp"
#include "engine/upload_tasks/completion_task.hpp"
#include "engine/upload_tasks/digest_task.hpp"
#include "hash/digester.hpp"
#include "support/pass_rig.hpp"

namespace slipway::engine {
namespace {

using testing::PassRig;
using testing::text_of_size;

const core::PartPlan kPlan{.total_parts = 2, .part_size = 4_KiB, .file_size = 5000_B};
const std::string kFirst = text_of_size(4096, 'a');
const std::string kSecond = text_of_size(904, 'b');

Sha256 digest_of_whole() {
    const std::string whole = kFirst + kSecond;
    return hash::sha256(std::as_bytes(std::span(whole)));
}

class CompletionKeys : public ::testing::Test {
 protected:
    core::Upload full_upload() {
        const auto upload = *rig_.create(kPlan);
        EXPECT_TRUE(rig_.put(upload, 1, kFirst));
        EXPECT_TRUE(rig_.put(upload, 2, kSecond));
        return upload;
    }
    static CompleteRequest plain(UploadId id) {
        return {.upload = id, .parts = {}, .sha256 = {}, .total_parts = {}, .key = {}};
    }
    static CompleteRequest with_digest(UploadId id) {
        auto request = plain(id);
        request.sha256 = digest_of_whole();
        return request;
    }
    Outcome<core::File> complete(CompleteRequest request, std::string_view key = {}) {
        if (!key.empty()) {
            request.key = completion_key_of(key, request);
        }
        return PassRig::run(CompleteUpload(rig_.world).run(PassRig::context(), std::move(request)));
    }
    Reason why_not(CompleteRequest request, std::string_view key) {
        const auto file = complete(std::move(request), key);
        EXPECT_FALSE(file);
        return file ? Reason::internal : file.error().reason;
    }

    PassRig rig_;
};

TEST_F(CompletionKeys, TheSameKeyAndRequestIsAnsweredAlike) {
    const auto upload = full_upload();
    const auto file = complete(with_digest(upload.id), "k");
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(complete(with_digest(upload.id), "k"), *file);
}

TEST_F(CompletionKeys, TheSameKeyForSomethingElseIsRefused) {
    const auto upload = full_upload();
    ASSERT_TRUE(complete(with_digest(upload.id), "k"));
    EXPECT_EQ(why_not(plain(upload.id), "k"), Reason::idempotency_key_reused);
    auto of_two = plain(upload.id);
    of_two.total_parts = 2;
    EXPECT_EQ(why_not(of_two, "k"), Reason::idempotency_key_reused);
}

TEST_F(CompletionKeys, WithAnotherKeyOrNoneItIsReplayed) {
    const auto upload = full_upload();
    const auto file = complete(with_digest(upload.id), "k");
    ASSERT_TRUE(file);
    EXPECT_EQ(complete(with_digest(upload.id), "other"), *file);
    EXPECT_EQ(complete(plain(upload.id), "other"), *file);
    EXPECT_EQ(complete(plain(upload.id)), *file);
    const auto without = full_upload();
    ASSERT_TRUE(complete(plain(without.id)));
    EXPECT_TRUE(complete(with_digest(without.id), "k")) << "no key was there to be used again";
}

TEST_F(CompletionKeys, ARefusedCompleteKeepsNoKey) {
    const auto upload = *rig_.create(kPlan);
    ASSERT_TRUE(rig_.put(upload, 1, kFirst));
    EXPECT_EQ(why_not(plain(upload.id), "k"), Reason::parts_mismatch);
    ASSERT_TRUE(rig_.put(upload, 2, kSecond));
    auto wrong = plain(upload.id);
    wrong.sha256.emplace();
    EXPECT_EQ(why_not(wrong, "k"), Reason::checksum_mismatch);
    EXPECT_TRUE(complete(with_digest(upload.id), "k"));
}

TEST_F(CompletionKeys, TheTaskThatCompletesItHasTheKeyToo) {
    rig_.world.options.digest_inline = 0_B;
    rig_.world.options.complete_wait = std::chrono::seconds(0);
    const auto upload = full_upload();
    EXPECT_EQ(why_not(with_digest(upload.id), "k"), Reason::verifying);
    EXPECT_EQ(why_not(plain(upload.id), "k"), Reason::idempotency_key_reused);
    EXPECT_EQ(why_not(with_digest(upload.id), "k"), Reason::verifying);
    DigestTask digest(rig_.world);
    CompletionTask completion(rig_.world);
    ASSERT_TRUE(rig_.run_due(core::TaskKind::digest, digest));
    const auto done = rig_.run_due(core::TaskKind::complete, completion);
    ASSERT_TRUE(done && std::holds_alternative<TaskDone>(*done));
    EXPECT_EQ(why_not(plain(upload.id), "k"), Reason::idempotency_key_reused);
    EXPECT_TRUE(complete(with_digest(upload.id), "k"));
    EXPECT_TRUE(complete(plain(upload.id)));
}

// Whichever of them was written down first, the others are told.
TEST_F(CompletionKeys, RacersWithOneKeyAgreeOnOneRequest) {
    rig_.world.options.digest_inline = 0_B;
    rig_.world.options.complete_wait = std::chrono::seconds(0);
    for (int round = 0; round < 20; ++round) {
        const auto upload = full_upload();
        std::atomic<int> accepted = 0;
        std::atomic<int> refused = 0;
        {
            std::vector<std::jthread> racers;
            for (std::uint8_t i = 0; i < 4; ++i) {
                racers.emplace_back([&, i] {
                    auto request = plain(upload.id);
                    request.sha256.emplace().bytes[0] = std::byte{i};
                    const auto why = why_not(request, "k");
                    accepted += why == Reason::verifying ? 1 : 0;
                    refused += why == Reason::idempotency_key_reused ? 1 : 0;
                });
            }
        }
        EXPECT_EQ(accepted, 1);
        EXPECT_EQ(refused, 3);
    }
}

TEST_F(CompletionKeys, FingerprintsTellEveryMemberApart) {
    std::vector<CompleteRequest> all(1, plain({}));
    const auto add = [&all](auto change) { change(all.emplace_back(plain({}))); };
    const core::StatedPart first{PartNumber(1), Sha256{}, {}};
    const core::StatedPart second{PartNumber(2), Sha256{}, {}};
    add([](auto& r) { r.sha256.emplace(); });
    add([](auto& r) { r.total_parts = 0; });
    add([](auto& r) { r.total_parts = 1; });
    add([](auto& r) { r.parts.emplace(); });
    add([&](auto& r) { r.parts = {first}; });
    add([&](auto& r) { r.parts = {second}; });
    add([&](auto& r) { r.parts = {first, second}; });
    add([](auto& r) { r.parts = {core::StatedPart{PartNumber(1), {}, Md5{}}}; });
    add([](auto& r) { r.parts = {core::StatedPart{PartNumber(1), Sha256{}, Md5{}}}; });
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < all.size(); ++j) {
            EXPECT_EQ(completion_key_of("k", all[i]) == completion_key_of("k", all[j]), i == j)
                << i << " " << j;
        }
    }
    EXPECT_NE(completion_key_of("k", all[0]).key, completion_key_of("l", all[0]).key);
    auto turned = plain({});
    turned.parts = {second, first};
    auto straight = plain({});
    straight.parts = {first, second};
    EXPECT_EQ(completion_key_of("k", turned), completion_key_of("k", straight));
}

}  // namespace
}  // namespace slipway::engine
