// The Redis client over real servers.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "adapters/redis/protocol/request.hpp"
#include "contract/race.hpp"
#include "redis/real_redis.hpp"
#include "runtime/group.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::redis_tests {
namespace {

using namespace adapters::redis;
using runtime::run_blocking;

Result<Reply> call(RedisClient& client, std::initializer_list<std::string_view> words) {
    return run_blocking(client.call(wait_for_session(client), write_request(words)));
}

// Calls until one has its answer: of a connection that is lost meanwhile nobody has any.
Reply call_until_answered(RedisClient& client, std::initializer_list<std::string_view> words) {
    for (;;) {
        if (auto reply = call(client, words)) {
            return *reply;
        }
    }
}

TEST(RedisClient, LogsInAndAsksInItsDatabase) {
    const RealRedis server(Access::guarded);
    auto options = server.options();
    options.database = 3;
    RedisClient client(options);
    EXPECT_EQ(call(client, {"SET", "a", std::string_view("x\r\n\0y", 5)})->status()->text, "OK");
    EXPECT_EQ(*call(client, {"GET", "a"}), Reply{std::string("x\r\n\0y", 5)});
    EXPECT_EQ(server.ask("-n 3 exists a"), "1");
    EXPECT_EQ(server.ask("exists a"), "0");
    const auto wrong = call(client, {"INCR", "a"});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, Errc::invalid);
    EXPECT_EQ(server.ask("info server").contains(client.session()->run_id), true);
}

TEST(RedisClient, WithoutThePasswordThereIsNoConnection) {
    const RealRedis server(Access::guarded);
    auto options = server.options();
    options.password = "wrong";
    RedisClient wrong(options);
    options.password.clear();
    RedisClient none(options);
    wait_for([&] {
        return server.ask("info stats").contains("total_error_replies:") &&
               server.ask("info errorstats").contains("WRONGPASS") &&
               server.ask("info errorstats").contains("NOAUTH");
    });
    EXPECT_EQ(wrong.session(), nullptr);
    EXPECT_EQ(none.session(), nullptr);
}

Task<void> count_up(RedisClient& client, SharedSession session, unsigned times,
                    std::atomic<unsigned>& done) {
    for (unsigned i = 0; i < times; ++i) {
        const auto reply = co_await client.call(session, write_request({"INCR", "n"}));
        done += reply && reply->integer() != nullptr ? 1 : 0;
    }
}

Task<bool> count_beside(RedisClient& client, SharedSession session, std::atomic<unsigned>& done) {
    constexpr unsigned kBeside = 40;
    const auto all = co_await runtime::Group::open();
    for (unsigned i = 0; i < kBeside; ++i) {
        all->spawn(count_up(client, session, 25, done));
    }
    co_await all->wait();
    co_return true;
}

class ManyCallers : public ::testing::TestWithParam<Access> {};

TEST_P(ManyCallers, FromManyLoopsEachGetTheirOwnAnswer) {
    const RealRedis server(GetParam());
    RedisClient client(server.options());
    const auto session = wait_for_session(client);
    std::atomic<unsigned> done = 0;
    contract::race(4,
                   [&](unsigned) { runtime::run_blocking(count_beside(client, session, done)); });
    EXPECT_EQ(done, 4000U);
    EXPECT_EQ(server.ask("get n"), "4000");
    EXPECT_EQ(client.waiting(), 0U);
}

INSTANTIATE_TEST_SUITE_P(RedisClient, ManyCallers,
                         ::testing::Values(Access::open, Access::encrypted));

TEST(RedisClient, WhatIsLargeComesWholeOverTls) {
    const RealRedis server(Access::encrypted);
    RedisClient client(server.options());
    const std::string value(std::size_t{3} << 20U, 'x');
    ASSERT_TRUE(call(client, {"SET", "a", value}));
    EXPECT_EQ(*call(client, {"GET", "a"}), Reply{value});
}

TEST(RedisClient, AScriptIsSentWholeWhereItIsNotKnown) {
    const RealRedis server;
    RedisClient client(server.options());
    const Script script("return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}");
    const auto run = [&] {
        return run_blocking(client.run(wait_for_session(client), script, 1, {"k", "v"}));
    };
    const auto expected = [](std::int64_t count) {
        return Reply{Reply::Array{{std::string("k")}, {std::string("v")}, {count}}};
    };
    EXPECT_EQ(*run(), expected(1));
    EXPECT_EQ(*run(), expected(2));
    EXPECT_EQ(server.ask("script flush"), "OK");
    EXPECT_EQ(*run(), expected(3));
    EXPECT_TRUE(server.ask("info commandstats").contains("cmdstat_eval:calls=2"));
}

TEST(RedisClient, AServerThatIsKilledIsFoundAgainWithAnotherRunId) {
    RealRedis server;
    RedisClient client(server.options());
    const auto first = wait_for_session(client);
    ASSERT_TRUE(call(client, {"SET", "a", "1"}));
    server.kill();
    wait_for([&] { return client.session() == nullptr; });
    const auto refused = run_blocking(client.call(first, write_request({"GET", "a"})));
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    server.start();
    const auto second = wait_for_session(client);
    EXPECT_NE(second->run_id, first->run_id);
    EXPECT_EQ(second->number, first->number + 1);
    EXPECT_EQ(run_blocking(client.call(first, write_request({"GET", "a"}))).error().code,
              Errc::unavailable)
        << "what belongs to a connection that is gone is not sent over the next one";
}

TEST(RedisClient, AServerThatDoesNotAnswerCostsOneDeadline) {
    RealRedis server;
    auto options = server.options();
    options.connect = options.answer = std::chrono::milliseconds(300);
    RedisClient client(options);
    const auto session = wait_for_session(client);
    server.pause();
    const auto late = run_blocking(client.call(session, write_request({"PING"})));
    EXPECT_EQ(late.error().code, Errc::unavailable);
    // Now nobody waits any more.
    wait_for([&] { return client.session() == nullptr; });
    EXPECT_EQ(run_blocking(client.call(session, write_request({"PING"}))).error().code,
              Errc::unavailable);
    server.resume();
    EXPECT_EQ(call_until_answered(client, {"PING"}), Reply{Reply::Status{"PONG"}});
}

TEST(RedisClient, TooManyThatWaitAreRefused) {
    RealRedis server;
    auto options = server.options();
    options.max_waiting = 1;
    RedisClient client(options);
    const auto session = wait_for_session(client);
    server.pause();
    std::atomic<unsigned> refused = 0;
    contract::race(2, [&](unsigned) {
        const auto reply = runtime::run_blocking(client.call(session, write_request({"PING"})));
        if (!reply && reply.error().code == Errc::throttled) {
            ++refused;
            server.resume();
        }
    });
    EXPECT_EQ(refused, 1U);
}

TEST(RedisClient, StopsWhileItTriesToConnect) {
    RealRedis server;
    server.kill();
    RedisClient client(server.options());
    client.stop();
    EXPECT_EQ(client.session(), nullptr);
}

TEST(RedisClient, FollowsTheSentinelsToTheNewMaster) {
    RealRedis one(Access::guarded);
    const RealRedis two(Access::guarded, &one);
    wait_for([&] { return two.ask("info replication").contains("master_link_status:up"); });
    const auto sentinel = RealRedis::sentinel_of(one);
    wait_for([&] { return sentinel->ask("sentinel master test").contains("num-slaves\n1"); });
    auto options = one.options();
    // The first one answers nobody.
    options.sentinels = {{"127.0.0.1", 1}, sentinel->address()};
    options.master_name = "test";
    options.server = {};
    RedisClient client(options);
    ASSERT_TRUE(call(client, {"SET", "a", "kept"}));
    wait_for([&] { return two.ask("get a") == "kept"; });
    const auto before = client.session()->run_id;
    one.kill();
    EXPECT_EQ(call_until_answered(client, {"GET", "a"}), Reply{std::string("kept")});
    EXPECT_NE(wait_for_session(client)->run_id, before);
    EXPECT_TRUE(two.ask("info server").contains(wait_for_session(client)->run_id));
}

TEST(RedisClient, AMasterThatBecameAReplicaIsLeft) {
    RealRedis one;
    const RealRedis two;
    RedisClient client(one.options());
    const auto first = wait_for_session(client);
    ASSERT_EQ(one.ask("replicaof 127.0.0.1 " + std::to_string(two.address().port)), "OK");
    const auto refused = run_blocking(client.call(first, write_request({"SET", "a", "1"})));
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    wait_for([&] { return client.session() == nullptr; });
    ASSERT_EQ(one.ask("replicaof no one"), "OK");
    EXPECT_EQ(call_until_answered(client, {"SET", "a", "1"}), Reply{Reply::Status{"OK"}});
}

}  // namespace
}  // namespace slipway::redis_tests
