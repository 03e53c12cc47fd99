// Uploads whose parts go past the server.
#include "engine/direct/direct_upload.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "engine/access/revoke_urls.hpp"
#include "engine/fingerprint.hpp"
#include "support/direct_rig.hpp"

namespace slipway::engine {
namespace {

using testing::DirectRig;
using testing::EngineRig;
using testing::PassRig;
using testing::sha256_of;
using testing::text_of_size;

Reason reason_of(const auto& outcome) {
    return outcome ? Reason::internal : outcome.error().reason;
}

class DirectUploadTest : public ::testing::Test {
 protected:
    Reason refusal_of(void (*change)(NewUpload&)) {
        auto wanted = DirectRig::wanted();
        change(wanted);
        const auto blobs = PassRig::run(direct_.remote.list_staged())->size();
        const Reason reason = reason_of(direct_.create(wanted));
        EXPECT_EQ(PassRig::run(direct_.remote.list_staged())->size(), blobs);
        return reason;
    }

    DirectRig direct_;
};

TEST_F(DirectUploadTest, BecomesAFileOfWhatTheStoreTells) {
    const auto upload = *direct_.create();
    EXPECT_TRUE(upload.direct);
    EXPECT_TRUE(direct_.rig.status(upload.id)->parts.empty());
    direct_.send(upload, 2, DirectRig::text(2));
    const auto status = *direct_.rig.status(upload.id);
    ASSERT_EQ(status.parts.size(), 1U);
    EXPECT_EQ(status.parts[0].number, PartNumber(2));
    EXPECT_EQ(status.parts[0].size, 4_KiB);
    EXPECT_EQ(status.parts[0].digests.sha256, sha256_of(DirectRig::text(2)));
    EXPECT_FALSE(status.parts[0].digests.crc64nvme);
    direct_.send_all(upload);
    const auto file = direct_.complete(upload.id);
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(direct_.rig.content(upload.id), DirectRig::whole());
    EXPECT_FALSE(file->crc64nvme) << "nobody has checked one";
    const auto parts = *PassRig::run(direct_.rig.memory_catalog.list_parts(upload.id));
    EXPECT_EQ(file->chain, summarise(parts).chain);
    for (const core::Part& part : parts) {
        EXPECT_EQ(part.digests.sha256, sha256_of(DirectRig::text(part.number.value())));
    }
    EXPECT_EQ(direct_.rig.metrics.direct_uploads.value(), 1U);
}

TEST_F(DirectUploadTest, AnAddressIsForOneLengthAndOneDigest) {
    const auto upload = *direct_.create();
    const auto address = *direct_.address(upload, 3, DirectRig::text(3));
    EXPECT_EQ(address.headers[0].second, "1024");
    EXPECT_EQ(address.headers[1].second, encode_hex(sha256_of(DirectRig::text(3)).view()));
    EXPECT_TRUE(address.url.ends_with("/8192?lifetime=600")) << address.url;
    EXPECT_EQ(direct_.rig.metrics.direct_urls.value(), 1U);
}

TEST_F(DirectUploadTest, IsRefusedWhereNobodyCouldKeepWhatIsAskedFor) {
    EXPECT_EQ(refusal_of([](NewUpload& w) { w.complete_when_full = true; }),
              Reason::direct_unsupported);
    EXPECT_EQ(refusal_of([](NewUpload& w) { w.declared.sha256 = sha256_of("whole"); }),
              Reason::direct_unsupported);
    EXPECT_EQ(refusal_of([](NewUpload& w) { w.declared.md5.emplace(); }),
              Reason::direct_unsupported);
    EXPECT_EQ(refusal_of([](NewUpload& w) { w.checksum = DigestKind::crc32c; }),
              Reason::direct_unsupported);
    EXPECT_EQ(refusal_of([](NewUpload& w) { w.plan.file_size.reset(); }),
              Reason::direct_unsupported);
    EXPECT_EQ(refusal_of([](NewUpload& w) {
                  w.plan = {.total_parts = 0,
                            .part_size = 4_KiB,
                            .file_size = std::nullopt,
                            .sizes = core::PartSizes::free};
              }),
              Reason::direct_unsupported);
}

TEST_F(DirectUploadTest, IsRefusedWhereTheStoreTakesNoneAndSaysWhy) {
    EngineRig local;
    const auto refused =
        local.run(CreateUpload(local.world).run(EngineRig::context(), DirectRig::wanted()));
    EXPECT_EQ(reason_of(refused), Reason::direct_unsupported);
    EXPECT_NE(refused.error().detail.find("store"), std::string::npos);
}

TEST_F(DirectUploadTest, IsAskedForAgainByItsKeyAndIsAnotherThanOneThatIsNot) {
    auto wanted = DirectRig::wanted();
    wanted.idempotency_key = "key";
    const auto first = *direct_.create(wanted);
    EXPECT_EQ(direct_.create(wanted)->id, first.id);
    wanted.direct = false;
    EXPECT_EQ(reason_of(direct_.create(wanted)), Reason::idempotency_key_reused);
}

TEST_F(DirectUploadTest, WhatIsMissingOrOfTheWrongSizeIsToldAndStaysOpen) {
    const auto upload = *direct_.create();
    direct_.send(upload, 1, DirectRig::text(1));
    direct_.send(upload, 3, DirectRig::text(3).substr(1));
    const auto refused = direct_.complete(upload.id);
    ASSERT_EQ(reason_of(refused), Reason::parts_mismatch);
    ASSERT_EQ(refused.error().parts.size(), 2U);
    EXPECT_EQ(refused.error().parts[0].fault, core::PartFault::missing);
    EXPECT_EQ(refused.error().parts[1].fault, core::PartFault::wrong_size);
    EXPECT_EQ(direct_.record_of(upload.id).state, core::UploadState::open);
    direct_.send_all(upload);
    EXPECT_TRUE(direct_.complete(upload.id));
}

TEST_F(DirectUploadTest, AStatedPartHasToBeTheOneThatLiesThere) {
    const auto upload = *direct_.create();
    direct_.send_all(upload);
    CompleteRequest request;
    request.upload = upload.id;
    auto& stated = request.parts.emplace();
    for (const std::uint32_t number : {1U, 2U, 3U}) {
        stated.push_back({PartNumber(number), sha256_of(DirectRig::text(number)), std::nullopt});
    }
    // With another address, before Complete.
    direct_.send(upload, 2, DirectRig::text(2, 'A'));
    const auto refused = direct_.complete(request);
    ASSERT_EQ(reason_of(refused), Reason::parts_mismatch);
    EXPECT_EQ(refused.error().parts[0].fault, core::PartFault::mismatch);
    direct_.send(upload, 2, DirectRig::text(2));
    ASSERT_TRUE(direct_.complete(request));
    EXPECT_EQ(direct_.rig.content(upload.id), DirectRig::whole());
}

TEST_F(DirectUploadTest, AnotherPartThatComesAfterCompleteIsNeverServed) {
    const auto upload = *direct_.create();
    direct_.send_all(upload);
    EXPECT_EQ(reason_of(direct_.rig.complete(upload.id)), Reason::assembling);
    direct_.send(upload, 2, DirectRig::text(2, 'A'));
    ASSERT_TRUE(std::holds_alternative<TaskGivenUp>(direct_.run_task().value()));
    EXPECT_EQ(reason_of(direct_.rig.complete(upload.id)), Reason::upload_damaged);
    EXPECT_FALSE(PassRig::run(direct_.remote.open_published(upload.id)));
    EXPECT_TRUE(direct_.rig.abort(upload.id));
}

// A crash between the two: the records are those of parts that were overwritten since.
TEST_F(DirectUploadTest, WhatWasRecordedBeforeItWasDecidedIsReplacedByWhatLiesThere) {
    const auto upload = *direct_.create();
    direct_.send(upload, 1, DirectRig::text(1, 'A'));
    direct_.send(upload, 2, DirectRig::text(2));
    direct_.send(upload, 3, DirectRig::text(3));
    const auto listed = *direct_.rig.status(upload.id);
    ASSERT_TRUE(PassRig::run(
        direct_.rig.memory_catalog.replace_parts(upload.id, upload.epoch, listed.parts)));
    direct_.send(upload, 1, DirectRig::text(1));
    ASSERT_TRUE(direct_.complete(upload.id));
    EXPECT_EQ(direct_.rig.content(upload.id), DirectRig::whole());
    EXPECT_EQ(PassRig::run(direct_.rig.memory_catalog.find_part(upload.id, PartNumber(1)))
                  ->digests.sha256,
              sha256_of(DirectRig::text(1)));
}

TEST_F(DirectUploadTest, UrlsOfTheStoreCannotBeRevokedOneByOne) {
    const auto upload = *direct_.create();
    const auto revoked =
        PassRig::run(RevokeUrls(direct_.rig.world).run(PassRig::context(), upload.id));
    EXPECT_EQ(reason_of(revoked), Reason::direct_unsupported);
    EXPECT_EQ(direct_.record_of(upload.id).epoch, upload.epoch);
}

TEST_F(DirectUploadTest, IsDamagedWhereTheStoreHasLostIt) {
    const auto upload = *direct_.create();
    ASSERT_TRUE(PassRig::run(direct_.remote.remove(upload.id)));
    EXPECT_EQ(reason_of(direct_.rig.status(upload.id)), Reason::upload_damaged);
    EXPECT_EQ(reason_of(direct_.complete(upload.id)), Reason::upload_damaged);
    EXPECT_TRUE(direct_.rig.abort(upload.id));
}

TEST_F(DirectUploadTest, AStoreThatIsAwayIsNoLoss) {
    const auto upload = *direct_.create();
    direct_.send_all(upload);
    direct_.faults().of_store = Errc::unavailable;
    for (int call = 0; call < 2; ++call) {
        direct_.faults().calls = 0;
        direct_.faults().at = 2;
        EXPECT_EQ(reason_of(direct_.rig.status(upload.id)), Reason::busy);
    }
    direct_.faults().at = 0;
    EXPECT_TRUE(direct_.complete(upload.id));
}

TEST_F(DirectUploadTest, AnEndedOneLeavesNothing) {
    const auto upload = *direct_.create();
    direct_.send_all(upload);
    EXPECT_TRUE(direct_.rig.abort(upload.id));
    EXPECT_TRUE(PassRig::run(direct_.remote.list_staged())->empty());
    EXPECT_TRUE(direct_.rig.status(upload.id)->parts.empty());
    EXPECT_EQ(reason_of(direct_.complete(upload.id)), Reason::upload_aborted);
}

}  // namespace
}  // namespace slipway::engine
