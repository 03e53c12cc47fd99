#include "engine/complete_upload.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "hash/crc_combine.hpp"
#include "hash/digester.hpp"
#include "support/engine_rig.hpp"

namespace slipway::engine {
namespace {

using testing::EngineRig;
using testing::text_of_size;

const core::PartPlan kPlan{2, 4_KiB, 5000_B};
const std::string kFirst = text_of_size(4096, 'a');
const std::string kSecond = text_of_size(904, 'b');

std::span<const std::byte> bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
}

core::Upload full_upload(EngineRig& rig, core::DeclaredDigests declared = {}) {
    const auto upload = *rig.create(kPlan, declared);
    EXPECT_TRUE(rig.put(upload, 1, kFirst));
    EXPECT_TRUE(rig.put(upload, 2, kSecond));
    return upload;
}

TEST(CompleteUpload, TheFileHasTheDigestsOfItsContent) {
    EngineRig rig;
    const auto upload = full_upload(rig);
    const auto file = rig.complete(upload.id);
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(file->size, 5000_B);
    hash::Crc64NvmeHasher crc;
    crc.update(bytes_of(kFirst + kSecond));
    EXPECT_EQ(file->crc64nvme, crc.finish());

    Sha256 link = hash::sha256(bytes_of(std::string("slipway-chain-v1")));
    for (const std::string& part : {kFirst, kSecond}) {
        std::string joined(reinterpret_cast<const char*>(link.bytes.data()), 32);
        const Sha256 digest = hash::sha256(bytes_of(part));
        joined.append(reinterpret_cast<const char*>(digest.bytes.data()), 32);
        link = hash::sha256(bytes_of(joined));
    }
    EXPECT_EQ(file->chain, link);
    EXPECT_EQ(rig.content(upload.id), kFirst + kSecond);
}

TEST(CompleteUpload, TheFirstAnswerIsReplayed) {
    EngineRig rig;
    const auto upload = full_upload(rig);
    const auto first = rig.complete(upload.id);
    rig.clock.advance(std::chrono::hours(1));
    const auto second = rig.complete(upload.id);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(*first, *second);
    EXPECT_EQ(rig.metrics.uploads_completed.value(), 1U);
}

TEST(CompleteUpload, GapsAreToldAndTheUploadStaysOpen) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    ASSERT_TRUE(rig.put(upload, 1, kFirst));
    const auto refused = rig.complete(upload.id);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::parts_mismatch);
    ASSERT_EQ(refused.error().parts.size(), 1U);
    EXPECT_EQ(refused.error().parts[0].number, PartNumber(2));
    EXPECT_TRUE(rig.put(upload, 2, kSecond));
    EXPECT_TRUE(rig.complete(upload.id));
}

TEST(CompleteUpload, ADeclaredDigestIsVerified) {
    EngineRig rig;
    core::DeclaredDigests declared;
    declared.sha256 = hash::sha256(bytes_of(kFirst + kSecond));
    const auto right = full_upload(rig, declared);
    const auto file = rig.complete(right.id);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->sha256, declared.sha256);

    declared.sha256->bytes[5] ^= std::byte{1};
    const auto wrong = full_upload(rig, declared);
    const auto refused = rig.complete(wrong.id);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::checksum_mismatch);
    EXPECT_EQ(refused.error().difference->algorithm, "sha256");
    EXPECT_EQ(rig.status(wrong.id)->state, core::UploadState::open);

    core::DeclaredDigests md5;
    md5.md5.emplace();
    EXPECT_EQ(rig.complete(full_upload(rig, md5).id).error().difference->algorithm, "md5");
}

TEST(CompleteUpload, ADigestStatedAtTheEndIsVerifiedToo) {
    EngineRig rig;
    const auto upload = full_upload(rig);
    CompleteRequest request;
    request.upload = upload.id;
    request.sha256.emplace();
    const auto wrong = rig.run(CompleteUpload(rig.world).run(EngineRig::context(), request));
    EXPECT_EQ(wrong.error().reason, Reason::checksum_mismatch);
    request.sha256 = hash::sha256(bytes_of(kFirst + kSecond));
    EXPECT_TRUE(rig.run(CompleteUpload(rig.world).run(EngineRig::context(), request)));
}

TEST(CompleteUpload, AnEmptyFileNeedsNoParts) {
    EngineRig rig;
    const auto upload = *rig.create({0, 4_KiB, 0_B});
    const auto file = rig.complete(upload.id);
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(file->size, 0_B);
    EXPECT_EQ(rig.content(upload.id), "");
}

TEST(CompleteUpload, AnUnknownSizeIsTheSumOfTheParts) {
    EngineRig rig;
    const auto upload = *rig.create({2, 4_KiB, std::nullopt});
    ASSERT_TRUE(rig.put(upload, 2, "tail"));
    ASSERT_TRUE(rig.put(upload, 1, kFirst));
    const auto file = rig.complete(upload.id);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->size, 4100_B);
    EXPECT_EQ(rig.content(upload.id), kFirst + "tail");
}

TEST(CompleteUpload, OneOfCompleteAndAbortDecides) {
    for (int round = 0; round < 50; ++round) {
        EngineRig rig;
        const auto upload = full_upload(rig);
        runtime::OneShot<bool> completed;
        runtime::OneShot<bool> aborted;
        CompleteRequest request;
        request.upload = upload.id;
        CompleteUpload completer(rig.world);
        EndUpload ender(rig.world);
        boost::asio::co_spawn(rig.loops.at(0), completer.run(EngineRig::context(), request),
                              [&](std::exception_ptr, const Outcome<core::File>& file) {
                                  completed.deliver(file.has_value());
                              });
        boost::asio::co_spawn(
            rig.loops.at(1), ender.abort(EngineRig::context(), upload.id),
            [&](std::exception_ptr, const Outcome<>& done) { aborted.deliver(done.has_value()); });
        const bool is_complete = rig.run(completed.wait());
        const bool is_aborted = rig.run(aborted.wait());
        ASSERT_NE(is_complete, is_aborted);
        const auto state = rig.status(upload.id)->state;
        ASSERT_EQ(state, is_complete ? core::UploadState::complete : core::UploadState::aborted);
        ASSERT_EQ(rig.complete(upload.id).has_value(), is_complete);
        ASSERT_EQ(rig.abort(upload.id).has_value(), is_aborted);
    }
}

TEST(CompleteUpload, AnotherOwnersUploadDoesNotExist) {
    EngineRig rig;
    const auto upload = full_upload(rig);
    CompleteRequest request;
    request.upload = upload.id;
    const RequestContext stranger{.request_id = "test", .owner = "mallory"};
    EXPECT_EQ(rig.run(CompleteUpload(rig.world).run(stranger, request)).error().reason,
              Reason::upload_not_found);
    EXPECT_EQ(rig.run(EndUpload(rig.world).abort(stranger, upload.id)).error().reason,
              Reason::upload_not_found);
    ASSERT_TRUE(rig.complete(upload.id));
    EXPECT_EQ(rig.run(Files(rig.world).open(stranger, upload.id)).error().reason,
              Reason::file_not_found);
    EXPECT_EQ(rig.run(Files(rig.world).remove(stranger, upload.id)).error().reason,
              Reason::file_not_found);
    EXPECT_EQ(rig.content(upload.id), kFirst + kSecond);
}

TEST(Files, ARemovedFileIsGoneAndItsCompleteSaysSo) {
    EngineRig rig;
    const auto upload = full_upload(rig);
    ASSERT_TRUE(rig.complete(upload.id));
    ASSERT_TRUE(rig.run(Files(rig.world).remove(EngineRig::context(), upload.id)));
    EXPECT_EQ(rig.run(Files(rig.world).remove(EngineRig::context(), upload.id)).error().reason,
              Reason::file_not_found);
    EXPECT_EQ(rig.complete(upload.id).error().reason, Reason::upload_not_found);
}

}  // namespace
}  // namespace slipway::engine
