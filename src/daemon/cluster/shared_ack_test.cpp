#include "daemon/cluster/shared_ack.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_shared_state.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::daemon {
namespace {

using runtime::run_blocking;

class CountedLoans final : public ports::PartLoans {
 public:
    std::size_t count = 0;

    Task<Result<std::size_t>> count_loans() override { co_return count; }
    Task<Result<>> lend(ports::LoanRequest) override { co_return none(); }
    Task<Result<std::optional<ports::Loan>>> find_loan(UploadId) override { co_return none(); }
    Task<Result<ports::PutPartOutcome>> put_lent(ports::LentPart) override { co_return none(); }
    Task<Result<>> end_loan(UploadId, std::string) override { co_return none(); }
    Task<Result<std::vector<UploadId>>> list_overdue(std::size_t) override { co_return none(); }

 private:
    static std::unexpected<Error> none() { return failure(Errc::unsupported, "not asked for"); }
};

class SharedAck : public testing::Test {
 protected:
    std::string refusal(const std::string& ack) {
        const auto claimed = run_blocking(claim_ack(state_, loans_, ack));
        return claimed ? "" : claimed.error().detail;
    }

    adapters::memory::ManualClock clock_;
    adapters::memory::MemorySharedState state_{clock_};
    CountedLoans loans_;
};

TEST_F(SharedAck, AllServersHaveTheSame) {
    EXPECT_EQ(refusal("redis"), "");
    EXPECT_EQ(refusal("redis"), "");
    EXPECT_TRUE(refusal("mysql").starts_with("metadata.ack: is \"redis\" on the other servers"));
}

TEST_F(SharedAck, WhoKnowsNothingOfRedisIsToldWhenItComes) {
    EXPECT_EQ(refusal("mysql"), "");
    EXPECT_EQ(refusal("mysql"), "");
    EXPECT_TRUE(refusal("redis").starts_with("metadata.ack: is \"mysql\" on the other servers"));
}

TEST_F(SharedAck, NothingThatRedisHasIsLeftToServersThatDoNotLookThere) {
    loans_.count = 1;
    EXPECT_TRUE(refusal("mysql").contains("slipway_lent_uploads"));
    EXPECT_EQ(*run_blocking(state_.word("ack")), "");
    EXPECT_EQ(refusal("redis"), "");
}

}  // namespace
}  // namespace slipway::daemon
