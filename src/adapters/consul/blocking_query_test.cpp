#include "adapters/consul/blocking_query.hpp"

#include <gtest/gtest.h>

#include "runtime/run_blocking.hpp"

namespace slipway::adapters::consul {
namespace {

using namespace std::chrono_literals;

// Asks until the answers are used up; the indexes that were stated.
class AskedQuery {
 public:
    explicit AskedQuery(std::vector<Result<std::uint64_t>> answers)
        : answers_(std::move(answers)),
          query_([] { return 0.0; },
                 {.wait = 9s, .pause = 0ms, .backoff = {.base = 0ms, .max = 0ms}}) {}

    std::vector<std::uint64_t> run() {
        runtime::run_blocking(run_it());
        return stated_;
    }

 private:
    Task<bool> run_it() {
        co_await query_.run([this](QueryPosition position) { return ask(position); });
        co_return true;
    }
    Task<Result<std::uint64_t>> ask(QueryPosition position) {
        EXPECT_EQ(position.wait, 9s);
        stated_.push_back(position.index);
        if (stated_.size() == answers_.size()) {
            query_.stop();
        }
        co_return answers_[stated_.size() - 1];
    }

    const std::vector<Result<std::uint64_t>> answers_;
    std::vector<std::uint64_t> stated_;
    BlockingQuery query_;
};

using Indexes = std::vector<std::uint64_t>;

TEST(BlockingQuery, GoesOnFromWhatWasAnswered) {
    EXPECT_EQ(AskedQuery({5, 9, 9, 2, 2, 3}).run(), (Indexes{0, 5, 9, 9, 0, 2}));
}

TEST(BlockingQuery, LooksAtOnceAfterAFailure) {
    const Result<std::uint64_t> away = failure(Errc::unavailable, "away");
    EXPECT_EQ(AskedQuery({5, away, away, 7, 8}).run(), (Indexes{0, 5, 0, 0, 7}));
}

TEST(BlockingQuery, StoppedBeforeItBeganItAsksNothing) {
    BlockingQuery query([] { return 0.0; });
    query.stop();
    const auto run = [](BlockingQuery& query) -> Task<bool> {
        co_await query.run([](QueryPosition) -> Task<Result<std::uint64_t>> {
            ADD_FAILURE();
            co_return 1;
        });
        co_return true;
    };
    EXPECT_TRUE(runtime::run_blocking(run(query)));
}

}  // namespace
}  // namespace slipway::adapters::consul
