#include "core/lifecycle.hpp"

#include <gtest/gtest.h>

namespace slipway::core {
namespace {

Upload open_upload() {
    Upload upload;
    upload.expires_at = from_unix_millis(1000);
    return upload;
}

TEST(Lifecycle, AnOpenUploadExpiresAtItsTime) {
    EXPECT_EQ(state_at(open_upload(), from_unix_millis(999)), UploadState::open);
    EXPECT_EQ(state_at(open_upload(), from_unix_millis(1000)), UploadState::expired);
}

TEST(Lifecycle, OnlyAnOpenUploadExpiresByTime) {
    const Upload completing = begin_completing(open_upload(), {}, {});
    EXPECT_EQ(state_at(completing, from_unix_millis(9000)), UploadState::completing);
    EXPECT_EQ(state_at(finish(completing, from_unix_millis(5)), from_unix_millis(9000)),
              UploadState::complete);
    EXPECT_EQ(state_at(abort(open_upload(), from_unix_millis(5)), from_unix_millis(9000)),
              UploadState::aborted);
}

TEST(Lifecycle, EveryStepRaisesTheEpochAndFinalStatesHaveTheirTime) {
    const auto now = from_unix_millis(77);
    const Upload first = open_upload();
    for (const Upload& ended :
         {abort(first, now), expire(first, now), finish(begin_completing(first, {}, {}), now)}) {
        EXPECT_GT(ended.epoch, first.epoch);
        EXPECT_TRUE(is_final(ended.state));
        EXPECT_EQ(ended.ended_at, now);
    }
    EXPECT_EQ(begin_completing(first, {}, {}).epoch, first.epoch + 1);
    EXPECT_FALSE(is_final(UploadState::open));
    EXPECT_FALSE(is_final(UploadState::completing));
}

TEST(Lifecycle, RevokingUrlsRaisesTheEpochAndNothingElse) {
    Upload first = open_upload();
    first.failure = "kept";
    Upload expected = first;
    expected.epoch += 1;
    EXPECT_EQ(revoke_urls(first), expected);
}

TEST(Lifecycle, AFailureIsNotedWhereItStandsAndForgottenWhenItIsFinishedAfterAll) {
    const auto now = from_unix_millis(77);
    const Upload open = note_failure(open_upload(), "why");
    EXPECT_EQ(open.state, UploadState::open);
    EXPECT_EQ(open.failure, "why");
    EXPECT_FALSE(is_given_up(open));
    const Upload completing = begin_completing(open, {}, {});
    EXPECT_TRUE(completing.failure.empty());
    EXPECT_FALSE(is_given_up(completing));
    const Upload given_up = note_failure(completing, "lost");
    EXPECT_EQ(given_up.state, UploadState::completing);
    EXPECT_EQ(given_up.epoch, completing.epoch + 1);
    EXPECT_TRUE(is_given_up(given_up));
    EXPECT_TRUE(finish(given_up, now).failure.empty());
    const Upload aborted = abort(given_up, now);
    EXPECT_EQ(aborted.state, UploadState::aborted);
    EXPECT_FALSE(is_given_up(aborted));
}

TEST(Lifecycle, DeclaredDigestsAreKeptFromTheStepOn) {
    DeclaredDigests declared;
    declared.sha256.emplace().bytes[0] = std::byte{7};
    EXPECT_EQ(begin_completing(open_upload(), {}, declared).declared, declared);
}

TEST(Lifecycle, TheKeyOfWhoCompletesItIsKeptFromTheStepOn) {
    CompletionKey key;
    key.fingerprint.bytes[0] = std::byte{7};
    const auto completing = begin_completing(open_upload(), {}, {}, key);
    EXPECT_EQ(completing.completed_by, key);
    EXPECT_EQ(finish(completing, from_unix_millis(5)).completed_by, key);
    EXPECT_FALSE(begin_completing(open_upload(), {}, {}).completed_by);
}

}  // namespace
}  // namespace slipway::core
