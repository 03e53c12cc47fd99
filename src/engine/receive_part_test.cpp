#include "engine/receive_part.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "engine/access/revoke_urls.hpp"
#include "hash/digester.hpp"
#include "support/engine_rig.hpp"

namespace slipway::engine {
namespace {

using testing::EngineRig;
using testing::text_of_size;
using testing::TextSource;

const core::PartPlan kPlan{3, 4_KiB, 8_KiB + 100_B};

std::string body(std::uint32_t number) {
    return text_of_size(number < 3 ? 4096 : 100, static_cast<char>('a' + number));
}

Sha256 digest_of(const std::string& text) {
    return hash::sha256(std::as_bytes(std::span(text)));
}

TEST(ReceivePart, PartsInAnyOrderAreStoredWithTheirDigests) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    for (const std::uint32_t number : {3U, 1U, 2U}) {
        const auto received = rig.put(upload, number, body(number));
        ASSERT_TRUE(received) << received.error().detail;
        EXPECT_FALSE(received->already_stored);
        EXPECT_EQ(received->part.digests.sha256, digest_of(body(number)));
    }
    ASSERT_TRUE(rig.complete(upload.id));
    EXPECT_EQ(rig.content(upload.id), body(1) + body(2) + body(3));
}

TEST(ReceivePart, TheSamePartAgainIsAnsweredWithoutWriting) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    ASSERT_TRUE(rig.put(upload, 1, body(1)));
    const auto again = rig.put(upload, 1, body(1));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->already_stored);
    EXPECT_EQ(rig.metrics.parts_stored.value(), 1U);
    EXPECT_EQ(rig.metrics.parts_already_stored.value(), 1U);
}

TEST(ReceivePart, OtherBytesForAStoredPartAreRefusedAndChangeNothing) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    ASSERT_TRUE(rig.put(upload, 1, body(1)));
    const auto other = rig.put(upload, 1, text_of_size(4096, 'z'));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().reason, Reason::part_conflict);
    ASSERT_TRUE(rig.put(upload, 2, body(2)) && rig.put(upload, 3, body(3)));
    ASSERT_TRUE(rig.complete(upload.id));
    EXPECT_EQ(rig.content(upload.id), body(1) + body(2) + body(3));
}

TEST(ReceivePart, AWrongLengthIsRefusedBeforeTheBodyIsRead) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    for (const std::size_t length : {0UL, 4095UL, 4097UL}) {
        TextSource source(std::string(length, 'x'));
        const auto refused = rig.run(rig.put_task(upload, 1, ByteCount(length), {}, source));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, Reason::invalid_chunk);
        EXPECT_EQ(source.reads(), 0);
    }
}

TEST(ReceivePart, ABodyThatEndsEarlyLeavesThePartMissing) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    TextSource cut(std::string(4000, 'x'));
    const auto refused = rig.run(rig.put_task(upload, 1, 4_KiB, {}, cut));
    EXPECT_EQ(refused.error().reason, Reason::invalid_chunk);
    TextSource gone(body(1), 1024);
    gone.fail_at(2048, Errc::cancelled);
    EXPECT_EQ(rig.run(rig.put_task(upload, 1, 4_KiB, {}, gone)).error().reason,
              Reason::client_gone);
    TextSource stalled(body(1), 1024);
    stalled.fail_at(2048, Errc::deadline_exceeded);
    EXPECT_EQ(rig.run(rig.put_task(upload, 1, 4_KiB, {}, stalled)).error().reason,
              Reason::request_timeout);
    EXPECT_TRUE(rig.status(upload.id)->parts.empty());
    EXPECT_TRUE(rig.put(upload, 1, body(1)));
}

TEST(ReceivePart, EveryStatedDigestIsChecked) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    StatedDigests right;
    right.sha256 = digest_of(body(1));
    std::vector<StatedDigests> wrong(4);
    wrong[0].sha256.emplace();
    wrong[1].md5.emplace();
    wrong[2].crc32c.emplace();
    wrong[3].crc64nvme.emplace();
    for (const StatedDigests& stated : wrong) {
        const auto refused = rig.put(upload, 1, body(1), stated);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, Reason::checksum_mismatch);
        EXPECT_TRUE(refused.error().difference);
    }
    EXPECT_TRUE(rig.status(upload.id)->parts.empty());
    EXPECT_EQ(rig.metrics.digest_failures.value(), 4U);
    EXPECT_TRUE(rig.put(upload, 1, body(1), right));
    EXPECT_EQ(rig.put(upload, 1, body(1), wrong[0]).error().reason, Reason::checksum_mismatch);
}

TEST(ReceivePart, AnEndedUploadTakesNoParts) {
    EngineRig rig;
    const auto aborted = *rig.create(kPlan);
    ASSERT_TRUE(rig.abort(aborted.id));
    EXPECT_EQ(rig.put(aborted, 1, body(1)).error().reason, Reason::upload_aborted);

    const auto late = *rig.create(kPlan);
    rig.clock.advance(std::chrono::hours(24));
    EXPECT_EQ(rig.put(late, 1, body(1)).error().reason, Reason::upload_expired);

    const auto empty = *rig.create({1, 4_KiB, 0_B});
    ASSERT_TRUE(rig.put(empty, 1, ""));
    ASSERT_TRUE(rig.complete(empty.id));
    EXPECT_EQ(rig.put(empty, 1, "").error().reason, Reason::upload_complete);
}

// A body that waits at its end until it is told to go on, or is interrupted.
class HeldSource final : public ByteSource {
 public:
    explicit HeldSource(std::string text) : text_(std::move(text)) {}

    Task<Result<ByteChunk>> next() override {
        if (sent_) {
            reading_.deliver(true);
            const bool go_on = co_await decided_.wait();
            if (!go_on) {
                co_return failure(Errc::cancelled, "interrupted");
            }
            decided_.deliver(true);
            co_return ByteChunk();
        }
        sent_ = true;
        ByteChunk chunk;
        chunk.bytes = std::as_bytes(std::span(text_));
        co_return std::move(chunk);
    }
    std::function<void()> interrupter() override {
        return [decided = decided_] { decided.deliver(false); };
    }

    Task<bool> wait_until_reading() { return reading_.wait(); }
    void go_on() { decided_.deliver(true); }

 private:
    std::string text_;
    bool sent_ = false;
    runtime::OneShot<bool> reading_;
    runtime::OneShot<bool> decided_;
};

TEST(ReceivePart, ANewerRequestForAPartEndsTheOlder) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    HeldSource old_body(text_of_size(4096, 'o'));
    runtime::OneShot<Outcome<ReceivedPart>> old_answer;
    boost::asio::co_spawn(rig.loops.at(0), rig.put_task(upload, 1, 4_KiB, {}, old_body),
                          [&](std::exception_ptr, Outcome<ReceivedPart> answer) {
                              old_answer.deliver(std::move(answer));
                          });
    ASSERT_TRUE(rig.run(old_body.wait_until_reading()));
    const auto newer = rig.put(upload, 1, body(1));
    ASSERT_TRUE(newer) << newer.error().detail;
    const auto older = rig.run(old_answer.wait());
    ASSERT_FALSE(older);
    EXPECT_EQ(older.error().reason, Reason::superseded);
    EXPECT_EQ(rig.status(upload.id)->parts[0].digests.sha256, digest_of(body(1)));
}

TEST(ReceivePart, PartsThatArriveWhileTheUploadEndsAreNotAcknowledged) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    HeldSource slow(body(1));
    runtime::OneShot<Outcome<ReceivedPart>> answer;
    boost::asio::co_spawn(
        rig.loops.at(0), rig.put_task(upload, 1, 4_KiB, {}, slow),
        [&](std::exception_ptr, Outcome<ReceivedPart> value) { answer.deliver(std::move(value)); });
    ASSERT_TRUE(rig.run(slow.wait_until_reading()));
    ASSERT_TRUE(rig.abort(upload.id));
    slow.go_on();
    const auto received = rig.run(answer.wait());
    ASSERT_FALSE(received);
    // The blob is gone, or the record is refused: which of the two comes first is not promised.
    EXPECT_TRUE(received.error().reason == Reason::upload_aborted ||
                received.error().reason == Reason::upload_not_found);
    EXPECT_TRUE(rig.status(upload.id)->parts.empty());
}

TEST(ReceivePart, APartThatIsOnItsWayWhenUrlsAreRevokedIsNotRecorded) {
    EngineRig rig;
    const auto upload = *rig.create(kPlan);
    HeldSource slow(body(1));
    runtime::OneShot<Outcome<ReceivedPart>> answer;
    boost::asio::co_spawn(
        rig.loops.at(0), rig.put_task(upload, 1, 4_KiB, {}, slow),
        [&](std::exception_ptr, Outcome<ReceivedPart> value) { answer.deliver(std::move(value)); });
    ASSERT_TRUE(rig.run(slow.wait_until_reading()));
    const auto revoked = rig.run(RevokeUrls(rig.world).run(EngineRig::context(), upload.id));
    ASSERT_TRUE(revoked);
    slow.go_on();
    const auto received = rig.run(answer.wait());
    ASSERT_FALSE(received);
    EXPECT_EQ(received.error().reason, Reason::url_revoked);
    EXPECT_TRUE(rig.status(upload.id)->parts.empty());
    EXPECT_FALSE(rig.put(*revoked, 1, body(1))->already_stored);
}

TEST(ReceivePart, TooManyPartsAtATimeAreTurnedAway) {
    EngineRig rig;
    rig.world.options.max_parts_in_flight = 1;
    const auto upload = *rig.create(kPlan);
    HeldSource held(body(1));
    runtime::OneShot<bool> ended;
    boost::asio::co_spawn(rig.loops.at(0), rig.put_task(upload, 1, 4_KiB, {}, held),
                          [&](std::exception_ptr, Outcome<ReceivedPart>) { ended.deliver(true); });
    ASSERT_TRUE(rig.run(held.wait_until_reading()));
    const auto refused = rig.put(upload, 2, body(2));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::busy);
    held.go_on();
    rig.run(ended.wait());
    EXPECT_TRUE(rig.put(upload, 2, body(2)));
    EXPECT_EQ(rig.metrics.parts_in_flight.load(), 0U);
}

}  // namespace
}  // namespace slipway::engine
