#include "engine/part_turn.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/memory_shared_state.hpp"
#include "hash/digester.hpp"
#include "support/engine_rig.hpp"

namespace slipway::engine {
namespace {

using namespace std::chrono_literals;
using testing::EngineRig;
using testing::text_of_size;
using testing::TextSource;

constexpr std::size_t kSize = std::size_t{5} << 20U;
const core::PartPlan kPlan{2, ByteCount(kSize), ByteCount(2 * kSize)};

// A body at whose end something else happens.
class BodyThen final : public ByteSource {
 public:
    BodyThen(std::string text, std::function<Task<void>()> then)
        : body_(std::move(text)), then_(std::move(then)) {}
    Task<Result<ByteChunk>> next() override {
        auto chunk = co_await body_.next();
        if (chunk && chunk->bytes.empty()) {
            co_await then_();
        }
        co_return chunk;
    }
    std::function<void()> interrupter() override { return body_.interrupter(); }

 private:
    TextSource body_;
    std::function<Task<void>()> then_;
};

class PartTurnTest : public ::testing::Test {
 protected:
    PartTurnTest() {
        rig_.world.shared = &state_;
        rig_.world.node = "this one";
    }
    bool claim(std::string owner, std::uint32_t number) {
        return *rig_.run(state_.claim_part({.upload = upload_.id,
                                            .number = PartNumber(number),
                                            .owner = std::move(owner),
                                            .length = PartTurn::kLength}));
    }
    core::Part part_of(std::uint32_t number, char content) {
        core::Part part;
        part.number = PartNumber(number);
        part.size = ByteCount(kSize);
        const std::string text = text_of_size(kSize, content);
        part.digests.sha256 = hash::sha256(std::as_bytes(std::span(text)));
        part.copies = {{.blob = 0, .receipt = ""}};
        return part;
    }
    // Another server records the part as it comes to its end here.
    Task<void> record(core::Part part) {
        const auto put = co_await rig_.memory_catalog.put_part(upload_.id, upload_.epoch, part, {});
        EXPECT_TRUE(put && std::holds_alternative<ports::PartStored>(*put));
    }
    Outcome<ReceivedPart> put_while(char mine, char theirs) {
        BodyThen source(text_of_size(kSize, mine),
                        [this, theirs] { return record(part_of(1, theirs)); });
        return rig_.run(rig_.put_task(upload_, 1, ByteCount(kSize), {}, source));
    }

    EngineRig rig_;
    adapters::memory::MemorySharedState state_{rig_.clock};
    core::Upload upload_ = *rig_.create(kPlan);
};

TEST_F(PartTurnTest, APartThatAnotherServerWritesIsRefusedForNow) {
    ASSERT_TRUE(claim("another", 1));
    const auto refused = rig_.put(upload_, 1, text_of_size(kSize, 'a'));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::busy);
    EXPECT_TRUE(rig_.put(upload_, 2, text_of_size(kSize, 'b')));
    rig_.clock.advance(PartTurn::kLength);
    EXPECT_TRUE(rig_.put(upload_, 1, text_of_size(kSize, 'a')));
}

TEST_F(PartTurnTest, NobodyWritesOverWhatIsBeingRecorded) {
    ASSERT_TRUE(rig_.put(upload_, 1, text_of_size(kSize, 'a')));
    EXPECT_FALSE(claim("another", 1));
}

TEST_F(PartTurnTest, WhatAnotherHasRecordedMeanwhileIsNotWrittenOver) {
    const auto refused = put_while('a', 'z');
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::part_conflict);
    EXPECT_EQ(rig_.metrics.parts_stored.value(), 0U);
    EXPECT_TRUE(claim("another", 1)) << "it was let go";
}

TEST_F(PartTurnTest, TheSameBytesOfAnotherAreAcknowledged) {
    const auto received = put_while('a', 'a');
    ASSERT_TRUE(received);
    EXPECT_TRUE(received->already_stored);
}

TEST_F(PartTurnTest, SmallPartsNeedNone) {
    const PartTurn turn(rig_.world, upload_.id, PartNumber(1));
    core::PartPlan plan{2, PartTurn::kLeast, PartTurn::kLeast + 1_B};
    EXPECT_TRUE(turn.is_needed(plan));
    plan.sizes = core::PartSizes::free;
    EXPECT_FALSE(turn.is_needed(plan));
    plan = {2, PartTurn::kLeast - 1_B, PartTurn::kLeast};
    EXPECT_FALSE(turn.is_needed(plan));
    rig_.world.shared = nullptr;
    EXPECT_FALSE(turn.is_needed(kPlan));
}

TEST_F(PartTurnTest, ItHoldsUntilAnotherCouldHaveIt) {
    PartTurn turn(rig_.world, upload_.id, PartNumber(1));
    EXPECT_TRUE(turn.holds());
    ASSERT_TRUE(rig_.run(turn.take({})));
    rig_.clock.advance(PartTurn::kLength * 4 / 5 - 1ms);
    EXPECT_TRUE(turn.holds());
    rig_.clock.advance(1ms);
    EXPECT_FALSE(turn.holds());
    EXPECT_FALSE(claim("another", 1));
}

}  // namespace
}  // namespace slipway::engine
