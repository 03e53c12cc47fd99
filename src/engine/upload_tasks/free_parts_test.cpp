// Parts of free sizes: where they lie, what they may be, and what Complete makes of them.
#include "core/lifecycle.hpp"
#include "engine/upload_tasks/completion_task.hpp"
#include "engine/upload_tasks/digest_task.hpp"
#include "engine/upload_tasks/free_parts_fixture.hpp"

namespace slipway::engine {
namespace {

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
    Stores stores(small);
    World world{.catalog = rig_.memory_catalog,
                .stores = stores,
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

}  // namespace
}  // namespace slipway::engine
