#include "engine/events/upload_events.hpp"

#include <gtest/gtest.h>

#include "engine/dead_letters.hpp"
#include "engine/sweep.hpp"
#include "engine/temporary/receive_files.hpp"
#include "engine/upload_tasks/completion_task.hpp"
#include "engine/upload_tasks/digest_task.hpp"
#include "engine/upload_tasks/task_names.hpp"
#include "hash/digester.hpp"
#include "support/pass_rig.hpp"

namespace slipway::engine {
namespace {

using core::EventKind;
using testing::PassRig;
using testing::text_of_size;

const core::PartPlan kPlan{.total_parts = 1, .part_size = 4_KiB, .file_size = 4_KiB};

class UploadEvents : public ::testing::Test {
 protected:
    UploadEvents() {
        rig_.world.options.publish_events = true;
        rig_.world.wake_relay = [this] { ++wakes_; };
    }

    std::vector<core::Event> events() {
        std::vector<core::Event> events;
        for (auto& entry : *PassRig::run(rig_.memory_catalog.list_events(100))) {
            events.push_back(std::move(entry.event));
        }
        return events;
    }
    void expect_kinds(const std::vector<EventKind>& kinds) {
        const auto told = events();
        ASSERT_EQ(told.size(), kinds.size());
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            EXPECT_EQ(told[i].kind, kinds[i]);
            EXPECT_EQ(told[i].sequence, i + 1);
            EXPECT_EQ(told[i].owner, "alice");
            EXPECT_EQ(told[i].file_name, "file");
        }
        EXPECT_EQ(wakes_, kinds.size());
    }
    core::Upload with_part() {
        const auto upload = rig_.create(kPlan);
        EXPECT_TRUE(rig_.put(*upload, 1, text_of_size(4096, 'a')));
        return *upload;
    }

    PassRig rig_;
    std::size_t wakes_ = 0;
};

TEST_F(UploadEvents, AFileIsToldOfFromItsCreationToItsEnd) {
    const auto upload = with_part();
    const auto file = rig_.complete(upload.id);
    ASSERT_TRUE(file);
    // The upload's record is gone before the file's.
    rig_.clock.advance(std::chrono::hours(24 * 8));
    PassRig::run(Sweep(rig_.world).run());
    ASSERT_FALSE(PassRig::run(rig_.memory_catalog.find_upload(upload.id)));
    ASSERT_TRUE(PassRig::run(Files(rig_.world).remove(PassRig::context(), upload.id)));
    expect_kinds({EventKind::upload_created, EventKind::upload_completed, EventKind::file_deleted});
    EXPECT_EQ(events()[1].chain, file->chain);
    EXPECT_EQ(events()[1].size, 4_KiB);
    EXPECT_EQ(events()[2].chain, file->chain);
}

TEST_F(UploadEvents, AnAbortIsToldOnce) {
    const auto upload = with_part();
    EXPECT_TRUE(rig_.abort(upload.id));
    EXPECT_TRUE(rig_.abort(upload.id));
    expect_kinds({EventKind::upload_created, EventKind::upload_failed});
    EXPECT_EQ(events()[1].reason, "aborted");
}

TEST_F(UploadEvents, AnExpiryIsToldWhenItIsWritten) {
    const auto upload = with_part();
    rig_.clock.advance(std::chrono::hours(25));
    PassRig::run(Sweep(rig_.world).run());
    expect_kinds({EventKind::upload_created, EventKind::upload_expired});
}

TEST_F(UploadEvents, TheEndOfATemporaryFileIsToldWithWhatEndedIt) {
    for (const auto& reason : {std::string(), std::string("expired")}) {
        ReceiveFiles files(rig_.world, PassRig::context(), 1_MiB);
        ASSERT_TRUE(PassRig::run(files.begin({.name = "file",
                                              .content_type = "text/plain",
                                              .stated = {},
                                              .id = {},
                                              .at_most = {}})));
        ASSERT_TRUE(PassRig::run(files.end()));
        const UploadId id = PassRig::run(files.keep({}))->front().id;
        if (reason.empty()) {
            ASSERT_TRUE(PassRig::run(Files(rig_.world).remove(PassRig::context(), id)));
        } else {
            rig_.clock.advance(rig_.world.options.temporary_ttl);
            ASSERT_EQ(PassRig::run(Sweep(rig_.world).run()).files, 1U);
        }
        const core::Event told = events().back();
        EXPECT_EQ(told.kind, EventKind::file_deleted);
        EXPECT_EQ(told.subject, id);
        EXPECT_EQ(told.sequence, 1U);
        EXPECT_EQ(told.reason, reason);
    }
    EXPECT_EQ(events().size(), 2U);
    EXPECT_EQ(wakes_, 2U);
}

class PartEvents : public UploadEvents {
 protected:
    // The numbers of the parts that are told of, of an upload of so many.
    std::vector<std::uint32_t> told_of(std::uint32_t parts, double sample) {
        rig_.world.options.part_stored_sample = sample;
        const auto upload = rig_.create(
            {.total_parts = parts, .part_size = 4_KiB, .file_size = ByteCount(4096ULL * parts)});
        for (std::uint32_t number = 1; number <= parts; ++number) {
            EXPECT_TRUE(rig_.put(*upload, number, text_of_size(4096, 'a')));
            EXPECT_TRUE(rig_.put(*upload, number, text_of_size(4096, 'a')));
        }
        std::vector<std::uint32_t> numbers;
        for (const core::Event& event : events()) {
            if (event.kind == EventKind::part_stored && event.subject == upload->id) {
                numbers.push_back(event.part->value());
                EXPECT_EQ(event.size, 4_KiB);
                EXPECT_EQ(event.sequence, 0U);
            }
        }
        return numbers;
    }
};

TEST_F(PartEvents, AreNotAskedForUnlessSaid) {
    EXPECT_TRUE(told_of(3, rig_.world.options.part_stored_sample).empty());
}

TEST_F(PartEvents, OfAllAreOneForEachPartHoweverOftenItIsSent) {
    EXPECT_EQ(told_of(3, 1.0), (std::vector<std::uint32_t>{1, 2, 3}));
    EXPECT_EQ(wakes_, events().size());
}

// The seed is the rig's own.
TEST_F(PartEvents, OfAShareAreAboutThatMany) {
    const auto told = told_of(200, 0.25).size();
    EXPECT_GT(told, 20U);
    EXPECT_LT(told, 80U);
}

TEST_F(UploadEvents, WhereNobodyListensNothingIsWritten) {
    rig_.world.options.publish_events = false;
    rig_.world.options.part_stored_sample = 1.0;
    const auto upload = with_part();
    EXPECT_TRUE(rig_.complete(upload.id));
    EXPECT_TRUE(PassRig::run(Files(rig_.world).remove(PassRig::context(), upload.id)));
    EXPECT_TRUE(events().empty());
}

class GivenUpCompletion : public UploadEvents {
 protected:
    core::Upload full_upload_with_wrong_digest() {
        NewUpload wanted;
        wanted.file_name = "file";
        wanted.plan = kPlan;
        wanted.declared.sha256 = Sha256{};
        wanted.complete_when_full = true;
        const auto upload = *PassRig::run(CreateUpload(rig_.world).run(PassRig::context(), wanted));
        EXPECT_TRUE(rig_.put(upload, 1, text_of_size(4096, 'a')));
        return upload;
    }
    UploadStatus status_of(const core::Upload& upload) { return *rig_.status(upload.id); }

    CompletionTask completion_{rig_.world};
};

TEST_F(GivenUpCompletion, IsToldOnceAndStaysWithTheUpload) {
    const auto upload = full_upload_with_wrong_digest();
    const auto outcome = rig_.run_due(core::TaskKind::complete, completion_);
    ASSERT_TRUE(outcome && std::holds_alternative<TaskDone>(*outcome));
    expect_kinds({EventKind::upload_created, EventKind::upload_failed});
    const std::string reason = events()[1].reason;
    EXPECT_EQ(reason, std::get<TaskDone>(*outcome).result);
    ASSERT_TRUE(status_of(upload).completion);
    EXPECT_TRUE(status_of(upload).completion->failed);
    EXPECT_EQ(status_of(upload).completion->reason, reason);

    // The same task after a crash between its note and its end.
    ASSERT_TRUE(PassRig::run(request_completion(rig_.world, upload.id, {})));
    EXPECT_FALSE(status_of(upload).completion->failed);
    ASSERT_TRUE(rig_.run_due(core::TaskKind::complete, completion_));
    expect_kinds({EventKind::upload_created, EventKind::upload_failed});
}

TEST_F(UploadEvents, AFileThatATaskMadeIsToldOfWithTheTraceOfWhoAskedForIt) {
    constexpr auto kTrace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    rig_.world.options.digest_inline = 0_B;
    rig_.world.options.complete_wait = std::chrono::seconds(0);
    const auto upload = with_part();
    const std::string content = text_of_size(4096, 'a');
    CompleteRequest request;
    request.upload = upload.id;
    request.sha256 = hash::sha256(std::as_bytes(std::span(content)));
    RequestContext context = PassRig::context();
    context.request_id.trace = *telemetry::parse_traceparent(kTrace);
    const auto asked = PassRig::run(CompleteUpload(rig_.world).run(context, request));
    ASSERT_EQ(asked.error().reason, Reason::verifying);
    DigestTask digest(rig_.world);
    CompletionTask completion(rig_.world);
    ASSERT_TRUE(rig_.run_due(core::TaskKind::digest, digest));
    ASSERT_TRUE(rig_.run_due(core::TaskKind::complete, completion));
    EXPECT_EQ(events().back().kind, EventKind::upload_completed);
    EXPECT_EQ(events().back().traceparent, kTrace);
}

class DeadCompletion : public GivenUpCompletion {
 protected:
    // An upload whose completion by task cannot end in any of its attempts.
    core::Upload full_upload() {
        const auto upload = with_part();
        EXPECT_TRUE(PassRig::run(request_completion(rig_.world, upload.id, {})));
        return upload;
    }
    core::QueuedTask claim() {
        rig_.clock.advance(std::chrono::minutes(10));
        auto task = PassRig::run(rig_.queue.claim({.owner = "crashes",
                                                   .kinds = {core::TaskKind::complete},
                                                   .now = rig_.clock.wall(),
                                                   .lease_length = std::chrono::seconds(30)}));
        return task.value().value();
    }
    // Each attempt takes its process with it, before its handler has done anything.
    void use_up_attempts() {
        for (std::uint32_t i = 0; i < core::kDefaultMaxAttempts; ++i) {
            EXPECT_FALSE(core::is_last_word(claim()));
        }
        rig_.clock.advance(std::chrono::minutes(10));
    }
    core::QueuedTask task_of(const core::Upload& upload) {
        return *PassRig::run(rig_.queue.find_by_key(completion_key(upload.id)));
    }
    void expect_failed(const core::Upload& upload, core::UploadState state) {
        const auto status = status_of(upload);
        EXPECT_EQ(status.state, state);
        ASSERT_TRUE(status.completion);
        EXPECT_TRUE(status.completion->failed);
        EXPECT_EQ(status.completion->reason, "it could not be completed");
    }
};

TEST_F(DeadCompletion, ByCrashesAloneIsToldToo) {
    const auto upload = full_upload();
    use_up_attempts();
    expect_kinds({EventKind::upload_created});
    const auto outcome = rig_.run_due(core::TaskKind::complete, completion_);
    ASSERT_TRUE(outcome && std::holds_alternative<TaskGivenUp>(*outcome));
    expect_kinds({EventKind::upload_created, EventKind::upload_failed});
    EXPECT_EQ(events()[1].reason, "it could not be completed");
    EXPECT_EQ(task_of(upload).status, core::TaskStatus::dead);
    EXPECT_FALSE(task_of(upload).last_error.empty());
    expect_failed(upload, core::UploadState::open);
    // Also when the dead letter and the upload are gone.
    rig_.clock.advance(std::chrono::hours(25));
    PassRig::run(Sweep(rig_.world).run());
    ASSERT_TRUE(PassRig::run(rig_.queue.forget_finished(
        {.status = core::TaskStatus::dead, .finished_before = rig_.clock.wall()})));
    expect_failed(upload, core::UploadState::expired);
}

TEST_F(DeadCompletion, IsToldOnceHoweverOftenGivingUpIsInterrupted) {
    const auto upload = full_upload();
    use_up_attempts();
    for (int i = 0; i < 3; ++i) {
        TaskContext context(rig_.queue, claim(), rig_.stopping);
        EXPECT_TRUE(std::holds_alternative<TaskGivenUp>(
            PassRig::run(run_or_give_up(completion_, context))));
        expect_kinds({EventKind::upload_created, EventKind::upload_failed});
        EXPECT_NE(task_of(upload).status, core::TaskStatus::dead) << "that is written afterwards";
    }
    rig_.clock.advance(std::chrono::minutes(10));
    ASSERT_TRUE(rig_.run_due(core::TaskKind::complete, completion_));
    EXPECT_EQ(task_of(upload).status, core::TaskStatus::dead);
    expect_kinds({EventKind::upload_created, EventKind::upload_failed});
}

TEST_F(DeadCompletion, CanBeTriedAgain) {
    const auto upload = full_upload();
    use_up_attempts();
    ASSERT_TRUE(rig_.run_due(core::TaskKind::complete, completion_));
    ASSERT_TRUE(PassRig::run(DeadLetters(rig_.world).retry(task_of(upload).id)));
    ASSERT_TRUE(status_of(upload).completion);
    EXPECT_FALSE(status_of(upload).completion->failed) << "it is tried again";
    const auto outcome = rig_.run_due(core::TaskKind::complete, completion_);
    ASSERT_TRUE(outcome && std::holds_alternative<TaskDone>(*outcome));
    EXPECT_EQ(status_of(upload).state, core::UploadState::complete);
    expect_kinds(
        {EventKind::upload_created, EventKind::upload_failed, EventKind::upload_completed});
}

TEST_F(DeadCompletion, OfAnUploadThatEndedOtherwiseIsNotTold) {
    const auto upload = full_upload();
    use_up_attempts();
    ASSERT_TRUE(rig_.complete(upload.id));
    ASSERT_TRUE(rig_.run_due(core::TaskKind::complete, completion_));
    EXPECT_EQ(task_of(upload).status, core::TaskStatus::dead);
    expect_kinds({EventKind::upload_created, EventKind::upload_completed});
}

TEST_F(GivenUpCompletion, IsKnownAfterTheUploadHasEnded) {
    const auto upload = full_upload_with_wrong_digest();
    ASSERT_TRUE(rig_.run_due(core::TaskKind::complete, completion_));
    rig_.clock.advance(std::chrono::hours(25));
    PassRig::run(Sweep(rig_.world).run());
    expect_kinds({EventKind::upload_created, EventKind::upload_failed, EventKind::upload_expired});
    const auto status = status_of(upload);
    EXPECT_EQ(status.state, core::UploadState::expired);
    ASSERT_TRUE(status.completion);
    EXPECT_TRUE(status.completion->failed);
}

}  // namespace
}  // namespace slipway::engine
