#include <gtest/gtest.h>

#include <optional>

#include "base/encoding.hpp"
#include "engine/upload_tasks/completion_task.hpp"
#include "engine/upload_tasks/digest_task.hpp"
#include "engine/upload_tasks/task_names.hpp"
#include "hash/digester.hpp"
#include "support/pass_rig.hpp"

namespace slipway::engine {
namespace {

using std::chrono::seconds;
using testing::PassRig;
using testing::text_of_size;

constexpr std::uint32_t kParts = 4;
const core::PartPlan kPlan{.total_parts = kParts, .part_size = 4_KiB, .file_size = 13000_B};

std::string part_text(std::uint32_t number) {
    const std::size_t size = number < kParts ? 4096 : 13000 - 3 * 4096;
    return text_of_size(size, static_cast<char>('a' + static_cast<char>(number)));
}

std::string whole_text() {
    std::string text;
    for (std::uint32_t number = 1; number <= kParts; ++number) {
        text += part_text(number);
    }
    return text;
}

Sha256 digest_of_whole() {
    const std::string text = whole_text();
    return hash::sha256(std::as_bytes(std::span(text)));
}

class UploadTasks : public ::testing::Test {
 protected:
    UploadTasks() {
        rig_.world.options.digest_inline = 0_B;
        rig_.world.options.complete_wait = seconds(0);
    }

    core::Upload create(std::optional<Sha256> sha256, bool complete_when_full = false) {
        NewUpload wanted;
        wanted.file_name = "file";
        wanted.plan = kPlan;
        wanted.declared.sha256 = sha256;
        wanted.complete_when_full = complete_when_full;
        return *PassRig::run(CreateUpload(rig_.world).run(PassRig::context(), wanted));
    }
    void put(const core::Upload& upload, std::uint32_t number) {
        ASSERT_TRUE(rig_.put(upload, number, part_text(number)));
    }
    void put_all(const core::Upload& upload) {
        for (std::uint32_t number = 1; number <= kParts; ++number) {
            put(upload, number);
        }
    }
    std::optional<TaskOutcome> run_digest() {
        rig_.clock.advance(std::chrono::milliseconds(1000));
        return rig_.run_due(core::TaskKind::digest, digest_);
    }
    std::optional<TaskOutcome> run_completion() {
        return rig_.run_due(core::TaskKind::complete, completion_);
    }
    core::QueuedTask digest_task(const core::Upload& upload) {
        return *PassRig::run(rig_.queue.find_by_key(digest_key(upload.id)));
    }
    core::UploadState state_of(const core::Upload& upload) {
        return PassRig::run(rig_.memory_catalog.find_upload(upload.id))->state;
    }

    PassRig rig_;
    DigestTask digest_{rig_.world};
    CompletionTask completion_{rig_.world};
};

TEST_F(UploadTasks, TheDigestFollowsTheContiguousParts) {
    const auto upload = create(digest_of_whole());
    put(upload, 1);
    put(upload, 3);
    ASSERT_TRUE(std::holds_alternative<TaskSnoozed>(run_digest().value()));
    EXPECT_EQ(hash::ResumableDigests::restore(digest_task(upload).checkpoint)->size(), 4096_B);
    put(upload, 2);
    rig_.clock.advance(seconds(2));
    ASSERT_TRUE(std::holds_alternative<TaskSnoozed>(run_digest().value()));
    EXPECT_EQ(hash::ResumableDigests::restore(digest_task(upload).checkpoint)->size(), 12288_B);
    put(upload, 4);
    EXPECT_EQ(rig_.complete(upload.id).error().reason, Reason::verifying);
    // Complete has woken it: nobody waits for its pause to end.
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_digest().value()));
    const auto file = rig_.complete(upload.id);
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(file->sha256, digest_of_whole());
    EXPECT_EQ(rig_.content(upload.id), whole_text());
}

TEST_F(UploadTasks, TheDigestGoesOnFromItsCheckpointAndDoesNotReadAgain) {
    const auto upload = create(digest_of_whole());
    put(upload, 1);
    run_digest();
    // Whoever reads the first part again now would get another digest.
    rig_.memory_store.flip_bit(upload.id, ByteOffset(10));
    for (const std::uint32_t number : {2U, 3U, 4U}) {
        put(upload, number);
    }
    rig_.clock.advance(seconds(2));
    run_digest();
    EXPECT_TRUE(rig_.complete(upload.id));
}

TEST_F(UploadTasks, AWrongDigestLeavesTheUploadOpenAndIsToldAgain) {
    const auto upload = create(Sha256{});
    put_all(upload);
    run_digest();
    for (int i = 0; i < 2; ++i) {
        const auto refused = rig_.complete(upload.id);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, Reason::checksum_mismatch);
        EXPECT_EQ(refused.error().difference->actual, encode_hex(digest_of_whole().view()));
    }
    EXPECT_EQ(state_of(upload), core::UploadState::open);
}

TEST_F(UploadTasks, ADigestThatIsOnlyStatedAtCompleteIsWorkedOutToo) {
    const auto upload = create(std::nullopt);
    put_all(upload);
    EXPECT_FALSE(run_digest());
    CompleteRequest request;
    request.upload = upload.id;
    request.sha256 = digest_of_whole();
    const auto complete = [&] {
        return PassRig::run(CompleteUpload(rig_.world).run(PassRig::context(), request));
    };
    EXPECT_EQ(complete().error().reason, Reason::verifying);
    run_digest();
    // Whoever asked has gone: the task completes it.
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_completion().value()));
    EXPECT_EQ(state_of(upload), core::UploadState::complete);
    EXPECT_EQ(complete()->sha256, digest_of_whole());
}

TEST_F(UploadTasks, ACompletionThatFailsIsToldByTheStatus) {
    const auto upload = create(Sha256{});
    put_all(upload);
    EXPECT_FALSE(rig_.status(upload.id)->completion);
    EXPECT_EQ(rig_.complete(upload.id).error().reason, Reason::verifying);
    EXPECT_FALSE(rig_.status(upload.id)->completion->failed);
    ASSERT_TRUE(std::holds_alternative<TaskSnoozed>(run_completion().value()));
    run_digest();
    rig_.clock.advance(seconds(1));
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_completion().value()));
    EXPECT_TRUE(rig_.status(upload.id)->completion->failed);
    EXPECT_EQ(state_of(upload), core::UploadState::open);
}

TEST_F(UploadTasks, TheLastPartCompletesAnUploadThatAsksForIt) {
    const auto upload = create(std::nullopt, true);
    for (const std::uint32_t number : {4U, 2U, 1U}) {
        put(upload, number);
        EXPECT_FALSE(run_completion()) << "nothing is to be done before the last part";
    }
    put(upload, 3);
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_completion().value()));
    EXPECT_EQ(state_of(upload), core::UploadState::complete);
    EXPECT_EQ(rig_.content(upload.id), whole_text());
    // Asking for it, too, is answered with the same file.
    EXPECT_TRUE(rig_.complete(upload.id));
}

TEST_F(UploadTasks, WhatCompletesByItselfTakesNoDigestAtComplete) {
    const auto upload = create(std::nullopt, true);
    put_all(upload);
    CompleteRequest request;
    request.upload = upload.id;
    request.sha256 = digest_of_whole();
    const auto refused = PassRig::run(CompleteUpload(rig_.world).run(PassRig::context(), request));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::invalid_request);
    EXPECT_EQ(state_of(upload), core::UploadState::open);
}

TEST_F(UploadTasks, ACrashAfterTheLastPartOnlyDelaysTheCompletion) {
    const auto upload = create(std::nullopt, true);
    for (const std::uint32_t number : {1U, 2U, 3U}) {
        put(upload, number);
    }
    // The last part is recorded, and the process ends before it wakes the task.
    core::Part last;
    last.number = PartNumber(4);
    last.size = ByteCount(13000 - 3 * 4096);
    ASSERT_TRUE(PassRig::run(rig_.memory_catalog.put_part(upload.id, upload.epoch, last)));
    EXPECT_FALSE(run_completion());
    rig_.clock.advance(seconds(61));
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_completion().value()));
    EXPECT_EQ(state_of(upload), core::UploadState::complete);
}

TEST_F(UploadTasks, TasksOfAnUploadThatEndedEnd) {
    const auto upload = create(digest_of_whole(), true);
    put_all(upload);
    ASSERT_TRUE(rig_.abort(upload.id));
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run_digest().value()));
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run_completion().value()));
    EXPECT_EQ(state_of(upload), core::UploadState::aborted);
}

TEST_F(UploadTasks, ATaskWhoseUploadWasNeverRecordedEnds) {
    ASSERT_TRUE(PassRig::run(plan_completion(rig_.world, UploadId(UploadId::Bytes{9}))));
    rig_.clock.advance(seconds(61));
    EXPECT_TRUE(std::holds_alternative<TaskSnoozed>(run_completion().value()));
    rig_.clock.advance(seconds(61));
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run_completion().value()));
}

TEST_F(UploadTasks, ASmallFileIsVerifiedWhileCompleteWaits) {
    rig_.world.options.digest_inline = 64_MiB;
    const auto upload = create(digest_of_whole());
    EXPECT_FALSE(run_digest());
    put_all(upload);
    EXPECT_TRUE(rig_.complete(upload.id));
}

}  // namespace
}  // namespace slipway::engine
