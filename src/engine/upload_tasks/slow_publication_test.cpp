// Uploads whose store is like one on another machine: it publishes slowly, needs the receipts of
// all parts, and reads staged bytes only where that was announced. It takes no placement and no
// receipts but its own, so that who forgets them is found out.
#include <gtest/gtest.h>

#include <thread>

#include "core/lifecycle.hpp"
#include "engine/publish_upload.hpp"
#include "engine/upload_tasks/assembly_task.hpp"
#include "engine/upload_tasks/completion_task.hpp"
#include "engine/upload_tasks/task_names.hpp"
#include "hash/digester.hpp"
#include "support/failing_ports.hpp"
#include "support/pass_rig.hpp"

namespace slipway::engine {
namespace {

using adapters::memory::MemoryStore;
using adapters::memory::StoreManner;
using testing::FailingStore;
using testing::FaultMoment;
using testing::Faults;
using testing::PassRig;
using testing::text_of_size;

const core::PartPlan kPlan{.total_parts = 3, .part_size = 4_KiB, .file_size = 9_KiB};
const core::PartPlan kFree{.total_parts = 0,
                           .part_size = 64_KiB,
                           .file_size = std::nullopt,
                           .sizes = core::PartSizes::free};

class SlowPublication : public ::testing::Test {
 protected:
    SlowPublication() {
        rig_.world.options.complete_wait = std::chrono::milliseconds(0);
        rig_.world.options.publish_events = true;
    }

    static std::string text(std::uint32_t number) {
        return text_of_size(number == 3 ? 1024 : 4096, static_cast<char>('a' + number));
    }
    static std::string whole() { return text(1) + text(2) + text(3); }
    static Sha256 digest_of(const std::string& content) {
        return hash::sha256(std::as_bytes(std::span(content)));
    }
    core::Upload filled(core::DeclaredDigests declared = {}) {
        auto upload = *rig_.create(kPlan, declared);
        for (const std::uint32_t number : {2U, 3U, 1U}) {
            EXPECT_TRUE(rig_.put(upload, number, text(number)));
        }
        return upload;
    }
    Outcome<core::File> complete(UploadId id, std::optional<Sha256> sha256 = std::nullopt,
                                 std::optional<std::uint32_t> total_parts = std::nullopt) {
        CompleteRequest request;
        request.upload = id;
        request.sha256 = sha256;
        request.total_parts = total_parts;
        return PassRig::run(CompleteUpload(rig_.world).run(PassRig::context(), request));
    }
    Reason refusal_of_complete(UploadId id, std::optional<Sha256> sha256 = std::nullopt) {
        const auto file = complete(id, sha256);
        return file ? Reason::internal : file.error().reason;
    }
    std::optional<TaskOutcome> run_task() {
        return rig_.run_due(core::TaskKind::assemble, assembly_);
    }
    core::Upload record_of(UploadId id) {
        return *PassRig::run(rig_.memory_catalog.find_upload(id));
    }
    ports::Store& store() { return rig_.stores.at("remote"); }
    bool is_published(UploadId id) { return PassRig::run(store().open_published(id)).has_value(); }
    // An attempt that was given up long ago reaches the store after all.
    void overwrite(const core::Upload& upload, std::uint32_t number) {
        const ports::PartRegion region{core::offset_of(kPlan, PartNumber(number)), 4_KiB};
        auto sink = PassRig::run(
            store().open_part({upload.id, core::home_of(record_of(upload.id)).placement}, region));
        const std::string other = text_of_size(4096, '?');
        ASSERT_TRUE(PassRig::run((*sink)->write(std::as_bytes(std::span(other)))));
        ASSERT_TRUE(PassRig::run((*sink)->commit()));
    }
    std::vector<std::string> failures_told() {
        std::vector<std::string> reasons;
        for (const auto& entry : *PassRig::run(rig_.memory_catalog.list_events(100))) {
            if (entry.event.kind == core::EventKind::upload_failed) {
                reasons.push_back(entry.event.reason);
            }
        }
        return reasons;
    }

    Faults faults_;
    MemoryStore remote_{"remote", 1_GiB, StoreManner::like_a_remote_one};
    PassRig rig_{nullptr, [this](ports::Store&) {
                     return std::make_unique<FailingStore>(remote_, faults_);
                 }};
    AssemblyTask assembly_{rig_.world};
};

TEST_F(SlowPublication, IsLeftToATask) {
    const auto upload = filled();
    EXPECT_EQ(refusal_of_complete(upload.id), Reason::assembling);
    EXPECT_FALSE(is_published(upload.id));
    EXPECT_FALSE(rig_.status(upload.id)->completion->failed);
    EXPECT_EQ(rig_.abort(upload.id).error().reason, Reason::upload_complete);
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_task().value()));
    EXPECT_EQ(rig_.content(upload.id), whole());
    EXPECT_TRUE(complete(upload.id)) << "the answer is replayed";
    EXPECT_FALSE(run_task());
}

TEST_F(SlowPublication, CompleteWaitsForWhatIsPublishedSoon) {
    rig_.world.options.complete_wait = std::chrono::milliseconds(600'000);
    const auto upload = filled();
    std::jthread worker;
    rig_.world.wake_workers = [&] { worker = std::jthread([&] { run_task(); }); };
    EXPECT_TRUE(complete(upload.id));
    EXPECT_EQ(rig_.content(upload.id), whole());
}

TEST_F(SlowPublication, OfAnEmptyFile) {
    const auto upload = *rig_.create({.total_parts = 0, .part_size = 4_KiB, .file_size = 0_B});
    EXPECT_EQ(refusal_of_complete(upload.id), Reason::assembling);
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_task().value()));
    EXPECT_EQ(rig_.content(upload.id), "");
}

TEST_F(SlowPublication, NobodyWaitsForTheTurnMeanwhile) {
    const auto upload = filled();
    EXPECT_EQ(refusal_of_complete(upload.id), Reason::assembling);
    const Turn turn = PassRig::run(rig_.sessions.take_ending(upload.id));
    EXPECT_TRUE(PassRig::run(PublishUpload(rig_.world).publish_ahead(upload.id, std::nullopt)));
    EXPECT_TRUE(is_published(upload.id));
}

TEST_F(SlowPublication, RecoveryLeavesItToATask) {
    const auto upload = filled();
    const auto completing = core::begin_completing(upload, upload.plan, {});
    ASSERT_TRUE(
        PassRig::run(rig_.memory_catalog.advance_upload(upload.epoch, completing, std::nullopt)));
    const auto recovered = PassRig::run(Recover(rig_.world).run());
    EXPECT_EQ(recovered->assembling, 1U);
    EXPECT_FALSE(is_published(upload.id));
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_task().value()));
    EXPECT_EQ(rig_.content(upload.id), whole());
}

TEST_F(SlowPublication, GoesOnWhenTheStoreCanBeReachedAgain) {
    for (const FaultMoment moment : {FaultMoment::before, FaultMoment::after}) {
        const auto upload = filled();
        EXPECT_EQ(refusal_of_complete(upload.id), Reason::assembling);
        faults_ = {
            .moment = moment,
            .at = 1,
            .calls = 0,
            .of_store = moment == FaultMoment::before ? Errc::unavailable : Errc::outcome_unknown};
        const auto outcome = run_task().value();
        ASSERT_TRUE(std::holds_alternative<TaskSnoozed>(outcome));
        EXPECT_GE(std::get<TaskSnoozed>(outcome).delay, std::chrono::milliseconds(500));
        EXPECT_TRUE(record_of(upload.id).failure.empty());
        rig_.clock.advance(std::chrono::minutes(1));
        ASSERT_TRUE(std::holds_alternative<TaskDone>(run_task().value()));
        EXPECT_EQ(rig_.content(upload.id), whole());
    }
}

TEST_F(SlowPublication, PausesGrowWhileTheStoreIsAway) {
    const auto upload = filled();
    EXPECT_EQ(refusal_of_complete(upload.id), Reason::assembling);
    rig_.clock.advance(std::chrono::seconds(40));
    faults_ = {.at = 1, .of_store = Errc::unavailable};
    EXPECT_EQ(std::get<TaskSnoozed>(run_task().value()).delay, std::chrono::seconds(10));
    rig_.clock.advance(std::chrono::hours(40));
    faults_ = {.at = 1, .of_store = Errc::throttled};
    EXPECT_EQ(std::get<TaskSnoozed>(run_task().value()).delay, std::chrono::seconds(60));
}

TEST_F(SlowPublication, WhatTheStoreDoesNotHoldAsAcknowledgedIsGivenUpAndTold) {
    const auto upload = filled();
    overwrite(upload, 2);
    EXPECT_EQ(refusal_of_complete(upload.id), Reason::assembling);
    ASSERT_TRUE(std::holds_alternative<TaskGivenUp>(run_task().value()));
    EXPECT_FALSE(is_published(upload.id));
    const auto status = *rig_.status(upload.id);
    EXPECT_EQ(status.state, core::UploadState::completing);
    EXPECT_TRUE(status.completion->failed);
    EXPECT_EQ(status.completion->reason, status.upload.failure);
    EXPECT_EQ(refusal_of_complete(upload.id), Reason::upload_damaged);
    EXPECT_FALSE(run_task()) << "asking again does not begin it again";
    EXPECT_EQ(failures_told(), std::vector<std::string>{status.upload.failure});
}

TEST_F(SlowPublication, WhatWasGivenUpCanBeAborted) {
    const auto upload = filled();
    overwrite(upload, 1);
    EXPECT_EQ(refusal_of_complete(upload.id), Reason::assembling);
    ASSERT_TRUE(run_task());
    EXPECT_TRUE(rig_.abort(upload.id));
    EXPECT_EQ(record_of(upload.id).state, core::UploadState::aborted);
    EXPECT_TRUE(PassRig::run(remote_.list_staged())->empty());
    EXPECT_EQ(PassRig::run(rig_.memory_catalog.find_usage("alice"))->open_uploads, 0U);
    EXPECT_EQ(refusal_of_complete(upload.id), Reason::upload_aborted);
}

TEST_F(SlowPublication, ADigestOfTheWholeHasToBeAnnounced) {
    const Sha256 digest = digest_of(whole());
    const auto unannounced = filled();
    EXPECT_EQ(refusal_of_complete(unannounced.id, digest), Reason::unsupported_digest);
    EXPECT_EQ(record_of(unannounced.id).state, core::UploadState::open);
    const auto announced = filled({.sha256 = digest, .md5 = std::nullopt});
    EXPECT_EQ(refusal_of_complete(announced.id, digest), Reason::assembling);
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_task().value()));
    EXPECT_EQ(complete(announced.id)->sha256, digest);
    const auto wrong = filled({.sha256 = digest_of("other"), .md5 = std::nullopt});
    EXPECT_EQ(refusal_of_complete(wrong.id), Reason::checksum_mismatch);
    EXPECT_EQ(record_of(wrong.id).state, core::UploadState::open);
}

TEST_F(SlowPublication, PartsOfFreeSizesAreBroughtIntoOrderFirst) {
    for (const bool in_order : {true, false}) {
        const auto upload = *rig_.create(kFree);
        for (const std::uint32_t number : {in_order ? 1U : 2U, in_order ? 2U : 1U, 3U}) {
            ASSERT_TRUE(rig_.put(upload, number, text(number)));
        }
        EXPECT_EQ(complete(upload.id, std::nullopt, 3).error().reason, Reason::assembling);
        ASSERT_TRUE(std::holds_alternative<TaskDone>(run_task().value()));
        EXPECT_EQ(rig_.content(upload.id), whole());
        EXPECT_EQ(remote_.stated_crc64nvme(upload.id), complete(upload.id)->crc64nvme);
        EXPECT_TRUE(PassRig::run(remote_.list_staged())->empty());
    }
}

TEST_F(SlowPublication, FollowsWhereTheLastPartCompletes) {
    NewUpload wanted;
    wanted.file_name = "file";
    wanted.plan = kPlan;
    wanted.complete_when_full = true;
    const auto upload = *PassRig::run(CreateUpload(rig_.world).run(PassRig::context(), wanted));
    for (const std::uint32_t number : {1U, 2U, 3U}) {
        ASSERT_TRUE(rig_.put(upload, number, text(number)));
    }
    CompletionTask completion(rig_.world);
    ASSERT_TRUE(rig_.run_due(core::TaskKind::complete, completion));
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_task().value()));
    EXPECT_EQ(rig_.content(upload.id), whole());
}

// Fails every call of the store from Complete on, before and after its effect: the file is there in
// the end, whole.
TEST_F(SlowPublication, SurvivesEveryFailureOfTheStore) {
    for (const FaultMoment moment : {FaultMoment::before, FaultMoment::after}) {
        bool fired = true;
        for (int at = 1; fired; ++at) {
            const auto upload = filled();
            faults_ = {.moment = moment, .at = at, .calls = 0, .of_store = Errc::outcome_unknown};
            for (int tries = 0; tries < 3 && !complete(upload.id); ++tries) {
                rig_.clock.advance(std::chrono::minutes(1));
                run_task();
            }
            fired = faults_.fired();
            faults_ = {};
            ASSERT_EQ(rig_.content(upload.id), whole()) << "call " << at;
        }
    }
}

}  // namespace
}  // namespace slipway::engine
