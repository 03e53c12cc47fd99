#include "engine/upload_tasks/assembly_task.hpp"

#include <thread>

#include "core/lifecycle.hpp"
#include "engine/upkeep/collect_orphans.hpp"
#include "engine/upkeep/scrub.hpp"
#include "engine/upload_tasks/free_parts_fixture.hpp"

namespace slipway::engine {
namespace {

class AssemblyOfParts : public FreeParts {};

TEST_F(AssemblyOfParts, OutOfOrderTheyAreAssembledByATask) {
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

TEST_F(AssemblyOfParts, IsToldOfWithTheTraceOfWhoAskedForTheFile) {
    constexpr auto kTrace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    rig_.world.options.publish_events = true;
    const auto upload = *rig_.create(kFree);
    put_all(upload, {3, 1, 4, 2});
    CompleteRequest request;
    request.upload = upload.id;
    request.total_parts = 4;
    RequestContext context = PassRig::context();
    context.request_id.trace = *telemetry::parse_traceparent(kTrace);
    ASSERT_FALSE(PassRig::run(CompleteUpload(rig_.world).run(context, request)));
    ASSERT_TRUE(std::holds_alternative<TaskDone>(run_assembly().value()));
    const auto entries = *PassRig::run(rig_.memory_catalog.list_events(100));
    EXPECT_EQ(entries.back().event.kind, core::EventKind::upload_completed);
    EXPECT_EQ(entries.back().event.traceparent, kTrace);
}

TEST_F(AssemblyOfParts, CompleteWaitsForWhatIsAssembledSoon) {
    rig_.world.options.complete_wait = std::chrono::milliseconds(600'000);
    const auto upload = *rig_.create(kFree);
    put_all(upload, {2, 1, 3, 4});
    std::jthread worker;
    rig_.world.wake_workers = [&] { worker = std::jthread([&] { run_assembly(); }); };
    const auto file = complete(upload.id, 4);
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(rig_.content(upload.id), whole_text());
}

TEST_F(AssemblyOfParts, AnAssemblyWaitsForRoomAndLosesNothing) {
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

// Stops at every checkpoint, as a process that ends does.
TEST_F(AssemblyOfParts, AnAssemblyGoesOnFromItsCheckpoint) {
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

TEST_F(AssemblyOfParts, ADraftThatIsGoneIsBegunAnew) {
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

TEST_F(AssemblyOfParts, AnAssemblyThatWasGivenUpIsBegunAgainByWhoAsks) {
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

TEST_F(AssemblyOfParts, ARestartSeesToItThatATaskIsThere) {
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

TEST_F(AssemblyOfParts, AnAssembledFileIsScrubbedAsItsPartsFollowEachOther) {
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

TEST_F(AssemblyOfParts, DraftsOfNobodyAreRemovedAfterAWhile) {
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

}  // namespace
}  // namespace slipway::engine
