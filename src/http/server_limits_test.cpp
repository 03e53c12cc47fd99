#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/server_harness.hpp"
#include "runtime/one_shot.hpp"

namespace slipway::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(ServerTimeouts, CloseIdleConnectionsSilently) {
    ServerOptions options;
    options.idle_timeout = 100ms;
    ServerHarness harness(serve_standard, options);
    RawClient fresh = harness.client();
    RawClient used = harness.client();
    used.send(kGet);
    EXPECT_EQ(used.read_answer().value_or(RawAnswer{}).status, 200U);
    EXPECT_TRUE(fresh.ends());
    EXPECT_TRUE(used.ends());
    EXPECT_EQ(harness.metric("slipway_http_rejected_total{reason=\"timeout\"}"), "0");
}

TEST(ServerTimeouts, EndHeadsThatDribble) {
    ServerOptions options;
    options.head_timeout = 200ms;
    ServerHarness harness(serve_standard, options);
    RawClient client = harness.client();
    client.send("GET /hello HTTP/1.1\r\nHost: h\r\nX-Slow: ");
    std::atomic<bool> over{false};
    // Progress does not help: the time is for the whole head.
    std::jthread dribble([&] {
        while (!over && client.try_send("a")) {
            std::this_thread::sleep_for(20ms);
        }
    });
    const auto answer = client.read_answer().value_or(RawAnswer{});
    over = true;
    EXPECT_EQ(answer.status, 408U);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_EQ(harness.metric("slipway_http_rejected_total{reason=\"timeout\"}"), "1");
}

TEST(ServerLimits, RefuseConnectionsOverTheirNumber) {
    ServerOptions options;
    options.max_connections = 2;
    ServerHarness harness(serve_standard, options);
    RawClient first = harness.client();
    RawClient second = harness.client();
    for (auto* client : {&first, &second}) {
        client->send(kGet);
        EXPECT_EQ(client->read_answer().value_or(RawAnswer{}).status, 200U);
    }
    const auto refused = harness.ask(kGet);
    EXPECT_EQ(refused.status, 503U);
    EXPECT_EQ(refused.field("Connection"), "close");
    EXPECT_EQ(harness.metric("slipway_http_rejected_total{reason=\"connections\"}"), "1");
    first.close();
    EXPECT_TRUE(eventually([&] { return harness.server().connections() == 1; }));
    EXPECT_EQ(harness.ask(kGet).status, 200U);
}

TEST(ServerLimits, HoldWhileManyConnect) {
    ServerOptions options;
    options.max_connections = 50;
    ServerHarness harness(serve_standard, options);
    std::atomic<int> served{0};
    std::atomic<int> refused{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                for (int round = 0; round < 25; ++round) {
                    const auto answer = harness.ask(kGet);
                    ++(answer.status == 200 ? served : refused);
                }
            });
        }
    }
    EXPECT_EQ(served + refused, 200);
    EXPECT_TRUE(eventually([&] { return harness.metric("slipway_http_connections") == "0"; }));
}

Task<Response> after(runtime::OneShot<bool> gate, Request& request) {
    co_await gate.wait();
    co_return co_await serve_standard(request);
}

TEST(ServerDrain, ClosesIdleConnectionsAtOnceAndTheListener) {
    ServerHarness harness(serve_standard);
    std::vector<RawClient> clients;
    for (int i = 0; i < 40; ++i) {
        clients.push_back(harness.client());
        if (i % 2 == 0) {
            clients.back().send(kGet);
            EXPECT_EQ(clients.back().read_answer().value_or(RawAnswer{}).status, 200U);
        }
    }
    EXPECT_TRUE(eventually([&] { return harness.server().connections() == 40; }));
    const auto begin = std::chrono::steady_clock::now();
    harness.drain(60s);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s);
    EXPECT_EQ(harness.server().connections(), 0U);
    for (auto& client : clients) {
        EXPECT_TRUE(client.ends());
    }
    EXPECT_THROW(harness.client(), std::runtime_error);
}

TEST(ServerDrain, LetsRequestsUnderWayFinish) {
    std::vector<runtime::OneShot<bool>> gates(6);
    std::atomic<std::size_t> entered{0};
    ServerHarness harness([&](Request& request) { return after(gates[entered++], request); });
    std::vector<RawClient> clients;
    for (std::size_t i = 0; i < gates.size(); ++i) {
        clients.push_back(harness.client());
        clients.back().send(kGet);
    }
    ASSERT_TRUE(eventually([&] { return entered == gates.size(); }));
    std::future<void> draining = std::async(std::launch::async, [&] { harness.drain(20s); });
    // The listener is gone: draining has begun.
    ASSERT_TRUE(eventually([&] {
        try {
            harness.client().close();
            return false;
        } catch (const std::runtime_error&) {
            return true;
        }
    }));
    EXPECT_EQ(draining.wait_for(0ms), std::future_status::timeout);
    for (const auto& gate : gates) {
        gate.deliver(true);
    }
    for (auto& client : clients) {
        const auto answer = client.read_answer().value_or(RawAnswer{});
        EXPECT_EQ(answer.status, 200U);
        EXPECT_EQ(answer.field("Connection"), "close");
        EXPECT_TRUE(client.ends());
    }
    draining.get();
    EXPECT_EQ(harness.server().connections(), 0U);
}

TEST(ServerDrain, CutsWhatIsLeftAtTheDeadline) {
    ServerHarness harness(serve_standard);
    std::vector<RawClient> clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(harness.client());
        clients.back().send("PUT /count HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
    }
    ASSERT_TRUE(eventually([&] { return harness.buffers().in_use() == 384_KiB; }));
    harness.drain(50ms);
    EXPECT_EQ(harness.server().connections(), 0U);
    EXPECT_EQ(harness.buffers().in_use(), 0_B);
    for (auto& client : clients) {
        EXPECT_FALSE(client.read_answer());
    }
}

TEST(ServerDrain, MayBeLeftOutWhenTheLoopsStopFirst) {
    telemetry::Metrics metrics;
    runtime::BufferPool buffers(8_MiB);
    runtime::BlockingPool blocking(1);
    auto loops = std::make_unique<runtime::EventLoops>(2);
    auto server = std::make_unique<Server>(ServerOptions{}, *loops, blocking, buffers, metrics,
                                           serve_standard, nullptr);
    loops->start();
    ASSERT_TRUE(server->start());
    std::vector<RawClient> clients;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back(server->port());
        if (i % 2 == 0) {
            clients.back().send("PUT /count HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
        }
    }
    ASSERT_TRUE(eventually([&] { return buffers.in_use() == 256_KiB; }));
    loops->stop();
    server.reset();
    loops.reset();
    EXPECT_EQ(buffers.in_use(), 0_B);
    for (auto& client : clients) {
        EXPECT_FALSE(client.read_answer());
    }
}

}  // namespace
}  // namespace slipway::http
