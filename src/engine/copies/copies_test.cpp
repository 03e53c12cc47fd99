// Copies of files in the store for disaster recovery, over two memory stores: made, compared, found
// missing, repaired, and taken over.
#include <gtest/gtest.h>

#include "engine/copies/compare_copy.hpp"
#include "engine/copies/copy_requests.hpp"
#include "engine/copies/copy_task.hpp"
#include "engine/copies/disaster_recovery.hpp"
#include "engine/copies/fail_over_task.hpp"
#include "engine/copies/scan_copies.hpp"
#include "engine/copies/verify_copies.hpp"
#include "support/failing_ports.hpp"
#include "support/pass_rig.hpp"

namespace slipway::engine {
namespace {

using adapters::memory::MemoryStore;
using adapters::memory::StoreManner;
using testing::FailingCatalog;
using testing::FailingStore;
using testing::FaultMoment;
using testing::Faults;
using testing::PassRig;
using testing::text_of_size;

class Copies : public ::testing::Test {
 protected:
    core::File file(char seed = 'a') { return rig_.file_of(3, seed); }
    core::File record_of(UploadId id) { return *PassRig::run(rig_.memory_catalog.find_file(id)); }
    static std::string bytes_in(ports::Store& store, UploadId id) {
        const auto reader = PassRig::run(store.open_published(id));
        if (!reader) {
            return "none";
        }
        std::string text(static_cast<std::size_t>((*reader)->size().value()), ' ');
        const auto read = PassRig::run(
            (*reader)->read_at(ByteOffset(0), std::as_writable_bytes(std::span(text))));
        return read ? text : "unreadable";
    }
    std::string own_bytes(UploadId id) { return bytes_in(rig_.memory_store, id); }
    std::string copied_bytes(UploadId id) { return bytes_in(dr_, id); }
    bool is_copied(UploadId id) { return has_compared_copy(record_of(id), "dr"); }

    void ask(const core::File& file) {
        ASSERT_TRUE(PassRig::run(request_copy(world_, file.id, file.storage_node)));
    }
    std::optional<TaskOutcome> run_copy() { return rig_.run_due(core::TaskKind::copy_file, copy_); }
    void copy(const core::File& file) {
        ask(file);
        ASSERT_TRUE(std::holds_alternative<TaskDone>(run_copy().value()));
        ASSERT_TRUE(is_copied(file.id));
    }
    void fail_over(const std::string& to) {
        ASSERT_TRUE(PassRig::run(recovery_.fail_over(to)));
        FailOverTask task(world_);
        ASSERT_TRUE(
            std::holds_alternative<TaskDone>(*rig_.run_due(core::TaskKind::fail_over, task)));
    }
    // The store that files lay in before a fail-over has what it had.
    void copy_back(const core::File& file) {
        ask(record_of(file.id));
        ASSERT_TRUE(std::holds_alternative<TaskDone>(run_copy().value()));
        ASSERT_TRUE(has_compared_copy(record_of(file.id), "memory"));
    }
    Outcome<OpenFile> open(UploadId id) {
        return PassRig::run(Files(world_).open(PassRig::context(), id));
    }

    Faults faults_;
    Faults own_faults_;
    PassRig rig_;
    MemoryStore dr_{"dr", 1_GiB, StoreManner::like_a_remote_one};
    FailingStore failing_dr_{dr_, faults_};
    FailingStore failing_own_{rig_.memory_store, own_faults_};
    FailingCatalog catalog_{rig_.memory_catalog, faults_};
    Stores stores_{{{.store = failing_own_}, {.store = failing_dr_, .role = StoreRole::dr}}};
    World world_{.catalog = catalog_,
                 .stores = stores_,
                 .clock = rig_.clock,
                 .random = rig_.random,
                 .buffers = rig_.buffers,
                 .sessions = rig_.sessions,
                 .metrics = rig_.metrics,
                 .tasks = rig_.queue,
                 .options = {}};
    CopyTask copy_{world_};
    DisasterRecovery recovery_{world_};
};

TEST_F(Copies, AFileIsCopiedComparedAndRecorded) {
    const core::File made = file();
    copy(made);
    EXPECT_EQ(copied_bytes(made.id), own_bytes(made.id));
    EXPECT_EQ(record_of(made.id).storage_node, "memory");
    EXPECT_EQ(find_copy(record_of(made.id), "dr")->compared_at, rig_.clock.wall());
    EXPECT_EQ(dr_.stated_crc64nvme(made.id), made.crc64nvme);
    EXPECT_TRUE(PassRig::run(dr_.list_staged())->empty());
}

TEST_F(Copies, OfEverySize) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{40} << 20U}) {
        const core::PartPlan plan{
            .total_parts = 1, .part_size = 64_MiB, .file_size = ByteCount(size)};
        const auto upload = *rig_.create(plan);
        ASSERT_TRUE(rig_.put(upload, 1, text_of_size(size, 'x')));
        copy(*rig_.complete(upload.id));
        EXPECT_EQ(copied_bytes(upload.id), own_bytes(upload.id)) << size;
    }
}

// As of one whose parts were sent to its store directly.
TEST_F(Copies, AFileWithoutACrc64IsComparedByItsChain) {
    const core::PartPlan plan{.total_parts = 3, .part_size = 4_KiB, .file_size = 9_KiB};
    const auto upload = *rig_.create(plan);
    CompleteRequest request;
    request.upload = upload.id;
    for (const std::uint32_t number : {1U, 2U, 3U}) {
        const std::string text = text_of_size(number == 3 ? 1024 : 4096, 'x');
        ASSERT_TRUE(rig_.put(upload, number, text));
    }
    auto parts = *PassRig::run(rig_.memory_catalog.list_parts(upload.id));
    auto& stated = request.parts.emplace();
    for (core::Part& part : parts) {
        part.digests.crc64nvme.reset();
        stated.push_back({part.number, part.digests.sha256, std::nullopt});
    }
    ASSERT_TRUE(
        PassRig::run(rig_.memory_catalog.replace_parts(upload.id, upload.epoch, std::move(parts))));
    const auto made = PassRig::run(CompleteUpload(world_).run(PassRig::context(), request));
    ASSERT_TRUE(made) << made.error().detail;
    ASSERT_FALSE(made->crc64nvme);
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_copy().value()));
    ASSERT_TRUE(is_copied(upload.id));
    EXPECT_EQ(copied_bytes(upload.id), own_bytes(upload.id));
    const auto state_of = [&](ports::Store& store) {
        auto task = core::QueuedTask{};
        const TaskContext context(rig_.queue, task, rig_.stopping);
        return *PassRig::run(compare_copy(world_, store, *made, context));
    };
    EXPECT_EQ(state_of(dr_), CopyState::right);
    dr_.flip_bit(upload.id, ByteOffset(9000));
    EXPECT_EQ(state_of(dr_), CopyState::wrong);
}

// The task comes first: no crash leaves a file that nobody copies.
TEST_F(Copies, AreAskedForBeforeTheFileIsThere) {
    const auto upload = *rig_.create({.total_parts = 1, .part_size = 4_KiB, .file_size = 4_KiB});
    ASSERT_TRUE(rig_.put(upload, 1, text_of_size(4096, 'x')));
    CompleteRequest request;
    request.upload = upload.id;
    ASSERT_TRUE(PassRig::run(CompleteUpload(world_).run(PassRig::context(), request)));
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_copy().value()));
    EXPECT_TRUE(is_copied(upload.id));
    // Of one that became no file, the task ends.
    ASSERT_TRUE(PassRig::run(request_copy(world_, UploadId(UploadId::Bytes{7}), "memory")));
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run_copy().value()));
}

TEST_F(Copies, ATaskWaitsForTheRecordOfAFileThatIsBeingMade) {
    auto upload = *rig_.create({.total_parts = 1, .part_size = 4_KiB, .file_size = 4_KiB});
    const auto epoch = upload.epoch++;
    upload.state = core::UploadState::completing;
    ASSERT_TRUE(PassRig::run(rig_.memory_catalog.advance_upload(epoch, upload)));
    ASSERT_TRUE(PassRig::run(request_copy(world_, upload.id, "memory")));
    EXPECT_TRUE(std::holds_alternative<TaskSnoozed>(run_copy().value()));
}

// Every call to the store or the catalog fails once, before or after its effect: in the end the
// copy is there, right, and recorded, and nothing else is left.
TEST_F(Copies, EveryFailureIsSurvived) {
    for (const FaultMoment moment : {FaultMoment::before, FaultMoment::after}) {
        bool fired = true;
        for (int at = 1; fired; ++at) {
            SCOPED_TRACE("call " + std::to_string(at));
            const core::File made = file();
            ask(made);
            faults_ = {.moment = moment, .at = at, .calls = 0, .of_store = Errc::outcome_unknown};
            run_copy();
            fired = faults_.fired();
            faults_ = {};
            for (int tries = 0; tries < 3 && !is_copied(made.id); ++tries) {
                ask(made);
                run_copy();
            }
            ASSERT_TRUE(is_copied(made.id));
            ASSERT_EQ(copied_bytes(made.id), own_bytes(made.id));
            ASSERT_TRUE(PassRig::run(dr_.list_staged())->empty());
            ASSERT_LT(at, 200);
        }
    }
}

TEST_F(Copies, WhatIsThereAlreadyIsComparedAndNotSentAgain) {
    const core::File made = file();
    copy(made);
    auto bare = core::places_of(record_of(made.id));
    bare.copies.clear();
    ASSERT_TRUE(PassRig::run(
        rig_.memory_catalog.set_file_places(made.id, core::places_of(record_of(made.id)), bare)));
    const auto sent = rig_.metrics.copied_bytes.value();
    copy(made);
    EXPECT_EQ(rig_.metrics.copied_bytes.value(), sent);
}

TEST_F(Copies, ARecordedCopyIsToldOnce) {
    world_.options.publish_events = true;
    const core::File made = file();
    const auto before = rig_.memory_catalog.events_waiting();
    copy(made);
    ask(made);
    run_copy();
    const auto entries = *PassRig::run(rig_.memory_catalog.list_events(100));
    ASSERT_EQ(entries.size(), before + 1);
    const core::Event& event = entries.back().event;
    EXPECT_EQ(event.kind, core::EventKind::file_replicated);
    EXPECT_EQ(event.subject, made.id);
    EXPECT_EQ(event.storage_node, "dr");
    EXPECT_EQ(event.chain, made.chain);
    EXPECT_EQ(event.sequence, 0U);
}

TEST_F(Copies, ARecordedCopyIsToldWithTheTraceOfWhoMadeTheFile) {
    world_.options.publish_events = true;
    constexpr auto kTrace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const auto upload = *rig_.create({.total_parts = 1, .part_size = 4_KiB, .file_size = 4_KiB});
    ASSERT_TRUE(rig_.put(upload, 1, text_of_size(4096, 'x')));
    CompleteRequest request;
    request.upload = upload.id;
    RequestContext context = PassRig::context();
    context.request_id.trace = *telemetry::parse_traceparent(kTrace);
    ASSERT_TRUE(PassRig::run(CompleteUpload(world_).run(context, request)));
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_copy().value()));
    const auto entries = *PassRig::run(rig_.memory_catalog.list_events(100));
    EXPECT_EQ(entries.back().event.kind, core::EventKind::file_replicated);
    EXPECT_EQ(entries.back().event.traceparent, kTrace);
}

TEST_F(Copies, ADamagedFileIsNotCopied) {
    const core::File made = file();
    rig_.memory_store.flip_bit(made.id, ByteOffset(5000));
    ask(made);
    EXPECT_TRUE(std::holds_alternative<TaskGivenUp>(run_copy().value()));
    EXPECT_EQ(copied_bytes(made.id), "none");
    EXPECT_FALSE(is_copied(made.id));
}

TEST_F(Copies, OfAFileThatIsDeletedNoneIsMade) {
    const core::File made = file();
    ask(made);
    ASSERT_TRUE(PassRig::run(rig_.memory_catalog.remove_file(made.id)));
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run_copy().value()));
    EXPECT_EQ(copied_bytes(made.id), "none");
}

TEST_F(Copies, GoWithTheirFile) {
    const core::File made = file();
    copy(made);
    world_.options.trash_keep = std::chrono::seconds(0);
    ASSERT_TRUE(PassRig::run(Files(world_).remove(PassRig::context(), made.id)));
    EXPECT_EQ(copied_bytes(made.id), "none");
}

TEST_F(Copies, TheScannerFindsWhatLacksOne) {
    const core::File one = file('a');
    const core::File other = file('k');
    copy(one);
    ScanCopies scan(world_);
    ASSERT_TRUE(rig_.run_pass(scan));
    EXPECT_EQ(rig_.metrics.files_without_copy, 1U);
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_copy().value()));
    EXPECT_TRUE(is_copied(other.id));
    EXPECT_FALSE(run_copy());
    ASSERT_TRUE(rig_.run_pass(scan));
    EXPECT_EQ(rig_.metrics.files_without_copy, 0U);
}

TEST_F(Copies, AFileIsReadInItsCopyWhereItsOwnStoreCannot) {
    const core::File made = file();
    copy(made);
    own_faults_ = {.moment = FaultMoment::before, .at = 1, .calls = 0};
    ASSERT_TRUE(open(made.id));
    EXPECT_TRUE(own_faults_.fired());
    EXPECT_EQ(rig_.metrics.reads_from_copies.value(), 1U);
    own_faults_ = {};
    ASSERT_TRUE(open(made.id));
    EXPECT_EQ(rig_.metrics.reads_from_copies.value(), 1U);
}

TEST_F(Copies, AVerificationFindsAndRepairsWhatIsDamagedOrMissing) {
    const core::File right = file('a');
    const core::File damaged = file('k');
    const core::File missing = file('p');
    for (const auto& each : {right, damaged, missing}) {
        copy(each);
    }
    dr_.flip_bit(damaged.id, ByteOffset(4097));
    ASSERT_TRUE(PassRig::run(dr_.remove(missing.id)));
    ASSERT_TRUE(PassRig::run(recovery_.verify(100)));
    VerifyCopies verify(world_);
    ASSERT_TRUE(
        std::holds_alternative<TaskDone>(*rig_.run_due(core::TaskKind::verify_copies, verify)));
    const auto status = PassRig::run(recovery_.status());
    EXPECT_EQ(status->verify->tally, (WalkTally{.seen = 3, .changed = 2, .left = 0}));
    EXPECT_EQ(status->pending, 2U);
    while (run_copy()) {
    }
    for (const auto& each : {right, damaged, missing}) {
        EXPECT_TRUE(is_copied(each.id));
        EXPECT_EQ(copied_bytes(each.id), own_bytes(each.id));
    }
}

TEST_F(Copies, TheStatusTellsOfWhatFailed) {
    const core::File made = file();
    EXPECT_EQ(PassRig::run(recovery_.status())->pending, 1U);
    rig_.memory_store.flip_bit(made.id, ByteOffset(0));
    ask(made);
    run_copy();
    const auto status = PassRig::run(recovery_.status());
    EXPECT_EQ(status->store, "dr");
    EXPECT_EQ(status->files, 1U);
    EXPECT_EQ(status->copied, 0U);
    EXPECT_EQ(status->oldest_pending, made.completed_at);
    ASSERT_EQ(status->failures.size(), 1U);
    EXPECT_EQ(status->failures.front().file, made.id);
    EXPECT_TRUE(status->failures.front().error.contains("CRC64-NVME"));
}

TEST_F(Copies, AFailOverMovesWhatHasACopyAndIsGoneBackOn) {
    const core::File with = file('a');
    const core::File without = file('k');
    copy(with);
    fail_over("");
    EXPECT_EQ(record_of(with.id).storage_node, "dr");
    EXPECT_EQ(find_copy(record_of(with.id), "memory")->compared_at, WallTime{});
    EXPECT_EQ(record_of(without.id).storage_node, "memory");
    EXPECT_EQ(stores_.choose(rig_.random)->name(), "dr");
    EXPECT_EQ(PassRig::run(recovery_.status())->fail_over->tally,
              (WalkTally{.seen = 1, .changed = 1, .left = 1}));
    EXPECT_TRUE(open(with.id));
    // The old store is a copy that is compared before files go back to it.
    fail_over("memory");
    EXPECT_EQ(record_of(with.id).storage_node, "dr");
    copy_back(with);
    fail_over("memory");
    EXPECT_EQ(record_of(with.id).storage_node, "memory");
    EXPECT_EQ(stores_.choose(rig_.random)->name(), "memory");
}

Task<Result<>> find_no_room() {
    co_return failure(Errc::storage_full, "no room");
}

TEST_F(Copies, AFailOverIsKeptBeforeItIsDone) {
    std::string kept = "nothing";
    world_.keep_active_store = [&](std::string name) {
        kept = std::move(name);
        return find_no_room();
    };
    EXPECT_FALSE(PassRig::run(recovery_.fail_over("dr")));
    EXPECT_EQ(kept, "dr");
    EXPECT_EQ(stores_.active(), nullptr);
    EXPECT_EQ(PassRig::run(recovery_.fail_over("other")).error().code, Errc::invalid);
}

TEST_F(Copies, WithoutAStoreForThemThereAreNone) {
    DisasterRecovery none(rig_.world);
    EXPECT_EQ(PassRig::run(none.status()).error().code, Errc::not_found);
    EXPECT_EQ(PassRig::run(none.verify(100)).error().code, Errc::not_found);
    EXPECT_EQ(PassRig::run(none.fail_over("")).error().code, Errc::not_found);
    ASSERT_TRUE(PassRig::run(request_copy(rig_.world, file().id, "memory")));
    EXPECT_FALSE(run_copy());
}

}  // namespace
}  // namespace slipway::engine
