#include "engine/upload_tasks/assembly_task.hpp"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "core/lifecycle.hpp"
#include "engine/upkeep/collect_orphans.hpp"
#include "engine/upkeep/scrub.hpp"
#include "engine/upload_tasks/completion_task.hpp"
#include "engine/upload_tasks/digest_task.hpp"
#include "engine/upload_tasks/task_names.hpp"
#include "hash/digester.hpp"
#include "support/failing_ports.hpp"
#include "support/pass_rig.hpp"

namespace slipway::engine {
namespace {

using testing::FailingCatalog;
using testing::FailingStore;
using testing::FaultMoment;
using testing::Faults;
using testing::PassRig;
using testing::text_of_size;

const core::PartPlan kFree{.total_parts = 0,
                           .part_size = 64_KiB,
                           .file_size = std::nullopt,
                           .sizes = core::PartSizes::free};
const std::map<std::uint32_t, std::string> kTexts = {{1, text_of_size(5001, 'a')},
                                                     {2, text_of_size(1, 'b')},
                                                     {3, text_of_size(40000, 'c')},
                                                     {4, text_of_size(4096, 'd')}};

std::string whole_text() {
    std::string text;
    for (const auto& [number, part] : kTexts) {
        text += part;
    }
    return text;
}

Sha256 digest_of(const std::string& text) {
    return hash::sha256(std::as_bytes(std::span(text)));
}

class FreeParts : public ::testing::Test {
 protected:
    FreeParts() { rig_.world.options.complete_wait = std::chrono::milliseconds(0); }

    void put(const core::Upload& upload, std::uint32_t number) {
        const auto stored = rig_.put(upload, number, kTexts.at(number));
        ASSERT_TRUE(stored) << stored.error().detail;
    }
    void put_all(const core::Upload& upload, const std::vector<std::uint32_t>& order) {
        for (const std::uint32_t number : order) {
            put(upload, number);
        }
    }
    Outcome<core::File> complete(UploadId id, std::optional<std::uint32_t> total_parts,
                                 std::optional<Sha256> sha256 = std::nullopt) {
        CompleteRequest request;
        request.upload = id;
        request.total_parts = total_parts;
        request.sha256 = sha256;
        return PassRig::run(CompleteUpload(rig_.world).run(PassRig::context(), request));
    }
    Reason refusal_of_complete(UploadId id, std::optional<std::uint32_t> total_parts) {
        const auto file = complete(id, total_parts);
        return file ? Reason::internal : file.error().reason;
    }
    std::optional<TaskOutcome> run_assembly() {
        return rig_.run_due(core::TaskKind::assemble, assembly_);
    }
    core::QueuedTask task_of(UploadId id) {
        return *PassRig::run(rig_.queue.find_by_key(assembly_key(id)));
    }
    std::vector<ports::DraftName> drafts() {
        return *PassRig::run(rig_.memory_store.list_drafts());
    }
    core::UploadState state_of(UploadId id) {
        return PassRig::run(rig_.memory_catalog.find_upload(id))->state;
    }
    std::optional<ByteOffset> extent_of(UploadId id, std::uint32_t number) {
        return PassRig::run(rig_.memory_catalog.find_part(id, PartNumber(number)))->extent;
    }

    PassRig rig_;
    AssemblyTask assembly_{rig_.world};
};

TEST_F(FreeParts, InOrderAndWithoutHolesNothingIsCopied) {
    const auto upload = *rig_.create(kFree);
    const std::vector<std::string> texts = {text_of_size(8192, 'a'), text_of_size(4096, 'b'),
                                            text_of_size(77, 'c')};
    std::uint32_t number = 0;
    for (const auto& text : texts) {
        ASSERT_TRUE(rig_.put(upload, ++number, text));
    }
    const auto file = complete(upload.id, 3);
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(file->plan.total_parts, 3U);
    EXPECT_EQ(rig_.content(upload.id), texts[0] + texts[1] + texts[2]);
    EXPECT_FALSE(run_assembly());
    EXPECT_EQ(rig_.metrics.assembled_bytes.value(), 0U);
}

TEST_F(FreeParts, OutOfOrderTheyAreAssembledByATask) {
    const auto upload = *rig_.create(kFree);
    put_all(upload, {3, 1, 4, 2});
    EXPECT_EQ(refusal_of_complete(upload.id, 4), Reason::assembling);
    EXPECT_EQ(state_of(upload.id), core::UploadState::completing);
    EXPECT_FALSE(rig_.status(upload.id)->completion->failed);
    EXPECT_EQ(rig_.abort(upload.id).error().reason, Reason::upload_complete);
    EXPECT_EQ(rig_.put(upload, 5, "late").error().reason, Reason::upload_complete);
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_assembly().value()));
    EXPECT_EQ(rig_.content(upload.id), whole_text());
    const auto file = complete(upload.id, 4);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->size.value(), whole_text().size());
    EXPECT_EQ(*complete(upload.id, std::nullopt), *file) << "the answer is replayed";
    EXPECT_TRUE(drafts().empty());
    EXPECT_TRUE(PassRig::run(rig_.memory_store.list_staged())->empty());
}

TEST_F(FreeParts, CompleteWaitsForWhatIsAssembledSoon) {
    rig_.world.options.complete_wait = std::chrono::milliseconds(600'000);
    const auto upload = *rig_.create(kFree);
    put_all(upload, {2, 1, 3, 4});
    std::jthread worker;
    rig_.world.wake_workers = [&] { worker = std::jthread([&] { run_assembly(); }); };
    const auto file = complete(upload.id, 4);
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(rig_.content(upload.id), whole_text());
}

TEST_F(FreeParts, TheNumberOfPartsHasToBeSaid) {
    const auto upload = *rig_.create(kFree);
    put_all(upload, {1, 2, 3});
    EXPECT_EQ(refusal_of_complete(upload.id, std::nullopt), Reason::invalid_request);
    EXPECT_EQ(refusal_of_complete(upload.id, 4), Reason::parts_mismatch);
    const auto fewer = complete(upload.id, 2);
    ASSERT_FALSE(fewer);
    ASSERT_EQ(fewer.error().parts.size(), 1U);
    EXPECT_EQ(fewer.error().parts[0].fault, core::PartFault::unlisted);
    EXPECT_EQ(state_of(upload.id), core::UploadState::open);
    CompleteRequest listed;
    listed.upload = upload.id;
    listed.parts.emplace();
    for (std::uint32_t number = 1; number <= 3; ++number) {
        listed.parts->push_back(
            {.number = PartNumber(number), .sha256 = digest_of(kTexts.at(number)), .md5 = {}});
    }
    const auto asked = [&] {
        return PassRig::run(CompleteUpload(rig_.world).run(PassRig::context(), listed));
    };
    listed.total_parts = 2;
    EXPECT_EQ(asked().error().reason, Reason::invalid_request);
    listed.total_parts.reset();
    EXPECT_EQ(asked().error().reason, Reason::assembling);
}

TEST_F(FreeParts, AnEmptyFileHasNoParts) {
    const auto upload = *rig_.create(kFree);
    const auto file = complete(upload.id, 0);
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(file->size, 0_B);
    EXPECT_EQ(rig_.content(upload.id), "");
}

TEST_F(FreeParts, SizesAreHeldToTheirLimits) {
    const auto upload = *rig_.create(kFree);
    EXPECT_EQ(rig_.put(upload, 1, "").error().reason, Reason::invalid_chunk);
    EXPECT_EQ(rig_.put(upload, 1, std::string(65537, 'x')).error().reason, Reason::invalid_chunk);
    EXPECT_TRUE(rig_.put(upload, 1, std::string(65536, 'x')));
    EXPECT_TRUE(rig_.put(upload, 10'000, "x"));
    EXPECT_EQ(rig_.put(upload, 10'001, "x").error().reason, Reason::upload_not_found);
}

TEST_F(FreeParts, APartIsImmutableWhateverItsSize) {
    const auto upload = *rig_.create(kFree);
    put(upload, 1);
    EXPECT_TRUE(rig_.put(upload, 1, kTexts.at(1))->already_stored);
    EXPECT_EQ(rig_.put(upload, 1, "other").error().reason, Reason::part_conflict);
    EXPECT_EQ(rig_.put(upload, 1, kTexts.at(1) + "x").error().reason, Reason::part_conflict);
}

TEST_F(FreeParts, TheRoomOfAPartIsNeverTakenAgain) {
    const auto upload = *rig_.create(kFree);
    put_all(upload, {1, 2});
    // As after a restart: what the process remembered is gone.
    rig_.sessions.ended(upload.id);
    put_all(upload, {3, 4});
    EXPECT_EQ(extent_of(upload.id, 1), ByteOffset(0));
    EXPECT_EQ(extent_of(upload.id, 2), ByteOffset(8192));
    EXPECT_EQ(extent_of(upload.id, 3), ByteOffset(12288));
    EXPECT_EQ(extent_of(upload.id, 4), ByteOffset(12288 + 40960));
    EXPECT_EQ(refusal_of_complete(upload.id, 4), Reason::assembling);
    run_assembly();
    EXPECT_EQ(rig_.content(upload.id), whole_text());
}

// A sender that sends one part again after its connection broke still has nothing to be copied.
TEST_F(FreeParts, TheRoomOfABrokenAttemptIsUsedByTheNext) {
    const auto upload = *rig_.create(kFree);
    ASSERT_TRUE(rig_.put(upload, 1, text_of_size(8192, 'a')));
    testing::TextSource broken(text_of_size(4096, 'b'), 1000);
    broken.fail_at(2000, Errc::cancelled);
    EXPECT_FALSE(PassRig::run(rig_.put_task(upload, 2, 4096_B, {}, broken)));
    ASSERT_TRUE(rig_.put(upload, 2, text_of_size(77, 'b')));
    ASSERT_TRUE(complete(upload.id, 2));
    EXPECT_EQ(rig_.content(upload.id), text_of_size(8192, 'a') + text_of_size(77, 'b'));
}

// Before its body is read: neither its room nor its bytes are taken from the disk.
TEST_F(FreeParts, APartBeyondTheQuotaIsRefusedUnread) {
    rig_.world.options.quota.bytes = 5000;
    const auto upload = *rig_.create(kFree);
    ASSERT_TRUE(rig_.put(upload, 1, text_of_size(4096, 'a')));
    testing::TextSource source(text_of_size(905, 'b'));
    const auto refused = PassRig::run(rig_.put_task(upload, 2, 905_B, {}, source));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::quota_exceeded);
    EXPECT_EQ(refused.error().excess, (core::QuotaExcess{core::QuotaKind::bytes, 5000, 4096}));
    EXPECT_EQ(source.reads(), 0);
    ASSERT_TRUE(rig_.put(upload, 1, text_of_size(4096, 'a'))) << "stored already, it adds nothing";
    ASSERT_TRUE(rig_.put(upload, 2, text_of_size(904, 'b')));
    ASSERT_TRUE(complete(upload.id, 2)) << "in order: the refused one took no room";
}

TEST_F(FreeParts, AFullDiskRefusesThePartAndTheCompletion) {
    adapters::memory::MemoryStore small("small", 64_KiB);
    World world{.catalog = rig_.memory_catalog,
                .store = small,
                .clock = rig_.clock,
                .random = rig_.random,
                .buffers = rig_.buffers,
                .sessions = rig_.sessions,
                .metrics = rig_.metrics,
                .tasks = rig_.queue,
                .options = rig_.world.options};
    NewUpload wanted;
    wanted.file_name = "file";
    wanted.plan = kFree;
    const auto upload = *PassRig::run(CreateUpload(world).run(PassRig::context(), wanted));
    const auto put = [&](std::uint32_t number, const std::string& text) {
        testing::TextSource source(text);
        PartRequest request{rig_.grant(upload, number), ByteCount(text.size()), {}};
        return PassRig::run(ReceivePart(world).run(PassRig::context(), request, source));
    };
    ASSERT_TRUE(put(2, text_of_size(20'000, 'b')));
    ASSERT_TRUE(put(1, text_of_size(20'000, 'a')));
    EXPECT_EQ(put(3, text_of_size(30'000, 'c')).error().reason, Reason::insufficient_storage);
    CompleteRequest request;
    request.upload = upload.id;
    request.total_parts = 2;
    const auto refused = PassRig::run(CompleteUpload(world).run(PassRig::context(), request));
    EXPECT_EQ(refused.error().reason, Reason::insufficient_storage);
    // Nothing is decided: it can be ended, or completed when there is room.
    EXPECT_EQ(state_of(upload.id), core::UploadState::open);
    EXPECT_TRUE(PassRig::run(EndUpload(world).abort(PassRig::context(), upload.id)));
}

TEST_F(FreeParts, AnAssemblyWaitsForRoomAndLosesNothing) {
    const auto upload = *rig_.create(kFree);
    put_all(upload, {2, 1, 3, 4});
    ASSERT_EQ(refusal_of_complete(upload.id, 4), Reason::assembling);
    const UploadId other(UploadId::Bytes{7});
    const ByteCount room = *PassRig::run(rig_.memory_store.free_space());
    ASSERT_TRUE(PassRig::run(rig_.memory_store.create(other, {.capacity = room - 1000_B})));
    EXPECT_TRUE(std::holds_alternative<TaskSnoozed>(run_assembly().value()));
    ASSERT_TRUE(PassRig::run(rig_.memory_store.remove(other)));
    rig_.clock.advance(std::chrono::seconds(6));
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run_assembly().value()));
    EXPECT_EQ(rig_.content(upload.id), whole_text());
}

TEST_F(FreeParts, TheDigestOfTheWholeIsThatOfTheFile) {
    const auto upload = *rig_.create(kFree, {.sha256 = digest_of(whole_text()), .md5 = {}});
    put_all(upload, {4, 3, 2, 1});
    EXPECT_EQ(refusal_of_complete(upload.id, 4), Reason::assembling);
    run_assembly();
    EXPECT_EQ(complete(upload.id, 4)->sha256, digest_of(whole_text()));
    const auto wrong = *rig_.create(kFree);
    put_all(wrong, {4, 3, 2, 1});
    EXPECT_EQ(complete(wrong.id, 4, Sha256{}).error().reason, Reason::checksum_mismatch);
    EXPECT_EQ(state_of(wrong.id), core::UploadState::open);
}

TEST_F(FreeParts, TheDigestTaskReadsTheExtentsInOrder) {
    rig_.world.options.digest_inline = 0_B;
    DigestTask digest(rig_.world);
    CompletionTask completion(rig_.world);
    const auto upload = *rig_.create(kFree);
    put_all(upload, {4, 3, 2, 1});
    const auto asked = complete(upload.id, 4, digest_of(whole_text()));
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().reason, Reason::verifying);
    ASSERT_TRUE(
        std::holds_alternative<TaskDone>(rig_.run_due(core::TaskKind::digest, digest).value()));
    // Whoever asked has gone: one task decides, another assembles.
    ASSERT_TRUE(std::holds_alternative<TaskDone>(
        rig_.run_due(core::TaskKind::complete, completion).value()));
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_assembly().value()));
    EXPECT_EQ(complete(upload.id, 4)->sha256, digest_of(whole_text()));
}

// Stops at every checkpoint, as a process that ends does.
TEST_F(FreeParts, AnAssemblyGoesOnFromItsCheckpoint) {
    rig_.world.options.assembly_checkpoint = 1_B;
    const auto upload = *rig_.create(kFree);
    put_all(upload, {3, 1, 4, 2});
    ASSERT_EQ(refusal_of_complete(upload.id, 4), Reason::assembling);
    rig_.stopping = true;
    ASSERT_TRUE(run_assembly());
    rig_.stopping = false;
    ASSERT_TRUE(PassRig::run(rig_.queue.find_by_key(assembly_key(upload.id))));
    // One that is told to stop before it begins has made no draft.
    EXPECT_TRUE(drafts().empty());
    // The lease is lost in the middle.
    auto task = PassRig::run(rig_.queue.claim({.owner = "stale",
                                               .kinds = {core::TaskKind::assemble},
                                               .now = rig_.clock.wall(),
                                               .lease_length = std::chrono::seconds(30)}));
    ASSERT_TRUE(PassRig::run(
        rig_.memory_store.create_draft({upload.id, 0xabc}, ByteCount(whole_text().size()))));
    ASSERT_TRUE(PassRig::run(rig_.queue.checkpoint(core::lease_of(**task), "abc 5001")));
    {
        auto open = *PassRig::run(
            rig_.memory_store.open_draft({upload.id, 0xabc}, ByteCount(whole_text().size())));
        ASSERT_TRUE(PassRig::run(open->copy({*extent_of(upload.id, 1), 5001_B}, ByteOffset(0))));
    }
    rig_.clock.advance(std::chrono::seconds(31));
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_assembly().value()));
    EXPECT_EQ(rig_.content(upload.id), whole_text());
    EXPECT_EQ(rig_.metrics.assembled_bytes.value(), whole_text().size() - 5001)
        << "what the checkpoint named was not copied again";
}

TEST_F(FreeParts, ADraftThatIsGoneIsBegunAnew) {
    const auto upload = *rig_.create(kFree);
    put_all(upload, {3, 1, 4, 2});
    ASSERT_EQ(refusal_of_complete(upload.id, 4), Reason::assembling);
    auto task = PassRig::run(rig_.queue.claim({.owner = "stale",
                                               .kinds = {core::TaskKind::assemble},
                                               .now = rig_.clock.wall(),
                                               .lease_length = std::chrono::seconds(30)}));
    ASSERT_TRUE(PassRig::run(rig_.queue.checkpoint(core::lease_of(**task), "abc 45002")));
    ASSERT_TRUE(PassRig::run(rig_.memory_store.create_draft({upload.id, 1}, 10_B)));
    rig_.clock.advance(std::chrono::seconds(31));
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_assembly().value()));
    EXPECT_EQ(rig_.content(upload.id), whole_text());
    EXPECT_EQ(rig_.metrics.assembled_bytes.value(), whole_text().size());
}

TEST_F(FreeParts, AnAssemblyThatWasGivenUpIsBegunAgainByWhoAsks) {
    const auto upload = *rig_.create(kFree);
    put_all(upload, {2, 1, 3, 4});
    ASSERT_EQ(refusal_of_complete(upload.id, 4), Reason::assembling);
    auto task = PassRig::run(rig_.queue.claim({.owner = "test",
                                               .kinds = {core::TaskKind::assemble},
                                               .now = rig_.clock.wall(),
                                               .lease_length = std::chrono::seconds(30)}));
    ASSERT_TRUE(
        PassRig::run(rig_.queue.fail(core::lease_of(**task), {.error = "broken",
                                                              .then = core::AfterFailure::give_up,
                                                              .now = rig_.clock.wall(),
                                                              .retry_at = {}})));
    EXPECT_TRUE(rig_.status(upload.id)->completion->failed);
    EXPECT_FALSE(run_assembly());
    EXPECT_EQ(refusal_of_complete(upload.id, 4), Reason::assembling);
    EXPECT_FALSE(rig_.status(upload.id)->completion->failed);
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_assembly().value()));
    EXPECT_EQ(rig_.content(upload.id), whole_text());
}

TEST_F(FreeParts, ARestartSeesToItThatATaskIsThere) {
    const auto upload = *rig_.create(kFree);
    put_all(upload, {2, 1});
    // The process ended between the commit and the task.
    const auto stored = *PassRig::run(rig_.memory_catalog.find_upload(upload.id));
    auto plan = stored.plan;
    plan.total_parts = 2;
    ASSERT_TRUE(PassRig::run(rig_.memory_catalog.advance_upload(
        stored.epoch, core::begin_completing(stored, plan, {}))));
    const auto recovered = PassRig::run(Recover(rig_.world).run());
    ASSERT_TRUE(recovered);
    EXPECT_EQ(recovered->assembling, 1U);
    EXPECT_EQ(recovered->failed, 0U);
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_assembly().value()));
    EXPECT_EQ(rig_.content(upload.id), kTexts.at(1) + kTexts.at(2));
}

// A part can be acknowledged while Complete decides without it.
TEST_F(FreeParts, APartThatCompleteDidNotCountIsNotPartOfTheFile) {
    const auto upload = *rig_.create(kFree);
    put_all(upload, {2, 1, 3});
    const auto stored = *PassRig::run(rig_.memory_catalog.find_upload(upload.id));
    auto plan = stored.plan;
    plan.total_parts = 2;
    ASSERT_TRUE(PassRig::run(rig_.memory_catalog.advance_upload(
        stored.epoch, core::begin_completing(stored, plan, {}))));
    EXPECT_EQ(refusal_of_complete(upload.id, 2), Reason::assembling);
    run_assembly();
    EXPECT_EQ(rig_.content(upload.id), kTexts.at(1) + kTexts.at(2));
    EXPECT_EQ(PassRig::run(Files(rig_.world).parts(PassRig::context(), upload.id))->parts.size(),
              2U);
}

TEST_F(FreeParts, AnAssembledFileIsScrubbedAsItsPartsFollowEachOther) {
    rig_.world.options.scrub_rate = 0_B;
    Scrub scrub(rig_.world);
    const auto upload = *rig_.create(kFree);
    put_all(upload, {3, 1, 4, 2});
    ASSERT_EQ(refusal_of_complete(upload.id, 4), Reason::assembling);
    run_assembly();
    ASSERT_TRUE(rig_.run_pass(scrub));
    EXPECT_EQ(rig_.metrics.scrubbed_bytes.value(), whole_text().size());
    EXPECT_EQ(rig_.metrics.files_damaged.value(), 0U);
    rig_.memory_store.flip_bit(upload.id, ByteOffset(whole_text().size() - 1));
    ASSERT_TRUE(rig_.run_pass(scrub));
    EXPECT_EQ(rig_.metrics.files_damaged.value(), 1U);
}

TEST_F(FreeParts, DraftsOfNobodyAreRemovedAfterAWhile) {
    CollectOrphans collect(rig_.world);
    const auto upload = *rig_.create(kFree);
    put_all(upload, {2, 1});
    const auto completing = *rig_.create(kFree);
    put_all(completing, {2, 1});
    ASSERT_EQ(refusal_of_complete(completing.id, 2), Reason::assembling);
    ASSERT_TRUE(PassRig::run(rig_.memory_store.create_draft({upload.id, 1}, 10_B)));
    ASSERT_TRUE(PassRig::run(rig_.memory_store.create_draft({completing.id, 2}, 10_B)));
    ASSERT_TRUE(rig_.run_pass(collect));
    EXPECT_EQ(drafts().size(), 2U);
    rig_.clock.advance(std::chrono::hours(2));
    ASSERT_TRUE(rig_.run_pass(collect));
    EXPECT_EQ(drafts(), (std::vector<ports::DraftName>{{completing.id, 2}}));
    EXPECT_EQ(state_of(upload.id), core::UploadState::open);
}

TEST(AssemblyPosition, IsReadBackAsItWasWritten) {
    for (const AssemblyPosition position :
         {AssemblyPosition{0, 0_B}, AssemblyPosition{0xc0ffee, 4097_B},
          AssemblyPosition{~std::uint64_t{0}, ByteCount(~std::uint64_t{0})}}) {
        EXPECT_EQ(AssemblyPosition::parse(position.to_string()), position);
    }
    for (const char* text : {"", "x", "1", "1 ", "1 2 3", "0x1 2", "1 -2", "01 2", " 1 2"}) {
        EXPECT_FALSE(AssemblyPosition::parse(text)) << text;
    }
}

// Walks every call that the use cases make to their ports from the first part to the file: each
// fails once, before or after its effect; then the process starts again and the client goes on.
class Walk {
 public:
    Walk(FaultMoment moment, int at)
        : faults_{moment, at},
          rig_(
              [this](ports::Catalog& inner) {
                  return std::make_unique<FailingCatalog>(inner, faults_);
              },
              [this](ports::Store& inner) {
                  return std::make_unique<FailingStore>(inner, faults_);
              }) {
        rig_.world.options.complete_wait = std::chrono::milliseconds(0);
        rig_.world.options.assembly_checkpoint = 1_B;
    }

    bool first_attempt() {
        auto upload = rig_.create(kFree);
        if (!upload) {
            return false;
        }
        upload_ = *upload;
        for (const std::uint32_t number : {3U, 1U, 4U, 2U}) {
            if (!rig_.put(*upload_, number, kTexts.at(number))) {
                return false;
            }
        }
        const auto asked = complete();
        if (asked || asked.error().reason != Reason::assembling) {
            return false;
        }
        const auto assembled = run_assembly();
        // Only that what was copied from is left behind is no failure of the assembly.
        return assembled && std::holds_alternative<TaskDone>(*assembled) &&
               PassRig::run(rig_.memory_store.list_staged())->empty();
    }

    void go_on() {
        faults_.at = 0;
        const auto recovered = rig_.run(Recover(rig_.world).run());
        ASSERT_TRUE(recovered) << recovered.error().detail;
        EXPECT_EQ(recovered->failed, 0U);
        if (!upload_) {
            return;
        }
        rig_.sessions.ended(upload_->id);
        if (rig_.status(upload_->id)->state == core::UploadState::open) {
            for (const std::uint32_t number : {1U, 2U, 3U, 4U}) {
                ASSERT_TRUE(rig_.put(*upload_, number, kTexts.at(number)));
            }
        }
        if (const auto asked = complete(); !asked) {
            ASSERT_EQ(asked.error().reason, Reason::assembling);
            rig_.clock.advance(std::chrono::minutes(1));
            const auto assembled = run_assembly();
            ASSERT_TRUE(assembled && std::holds_alternative<TaskDone>(*assembled));
        }
        ASSERT_TRUE(complete());
        ASSERT_EQ(rig_.content(upload_->id), whole_text());
    }

 private:
    Outcome<core::File> complete() {
        CompleteRequest request;
        request.upload = upload_->id;
        request.total_parts = 4;
        return PassRig::run(CompleteUpload(rig_.world).run(PassRig::context(), request));
    }
    std::optional<TaskOutcome> run_assembly() {
        AssemblyTask assembly(rig_.world);
        return rig_.run_due(core::TaskKind::assemble, assembly);
    }

    Faults faults_;
    PassRig rig_;
    std::optional<core::Upload> upload_;
};

void walk(FaultMoment moment) {
    int at = 1;
    for (;; ++at) {
        SCOPED_TRACE("call " + std::to_string(at));
        Walk walk(moment, at);
        const bool untouched = walk.first_attempt();
        walk.go_on();
        if (::testing::Test::HasFatalFailure()) {
            return;
        }
        if (untouched) {
            break;
        }
        ASSERT_LT(at, 200) << "the scenario never came to its end";
    }
    EXPECT_GE(at, 40);
}

TEST(WalkAssemblies, EveryCallFailsBeforeItsEffect) {
    walk(FaultMoment::before);
}
TEST(WalkAssemblies, EveryCallFailsAfterItsEffect) {
    walk(FaultMoment::after);
}

}  // namespace
}  // namespace slipway::engine
