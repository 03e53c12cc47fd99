#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/server_harness.hpp"

namespace slipway::http {
namespace {

using namespace std::chrono_literals;

std::string put(std::string_view path, std::size_t length, const std::string& extra = "") {
    return "PUT " + std::string(path) +
           " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(length) + "\r\n" + extra +
           "\r\n";
}

std::string chunked(std::string_view path) {
    return "PUT " + std::string(path) +
           " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string pattern(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint32_t value = 1;
    for (char& byte : bytes) {
        value = value * 1664525U + 1013904223U;
        byte = static_cast<char>(value >> 24U);
    }
    return bytes;
}

// What /count answers.
std::string counted(std::string_view bytes) {
    unsigned sum = 0;
    for (const char byte : bytes) {
        sum = (sum * 31U) + static_cast<unsigned char>(byte);
    }
    return std::to_string(bytes.size()) + " " + std::to_string(sum);
}

ServerOptions stalling_after(std::chrono::milliseconds time) {
    ServerOptions options;
    options.stall_timeout = time;
    return options;
}

TEST(ServerBody, OfKnownLengthArrivesWhole) {
    ServerHarness harness(serve_standard);
    RawClient client = harness.client();
    for (const std::size_t size : {0UL, 1UL, 65536UL, 65537UL, 1048576UL, 5000001UL}) {
        const std::string body = pattern(size);
        client.send(put("/count", size) + body);
        EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, counted(body));
    }
    EXPECT_EQ(harness.buffers().in_use(), 0_B);
}

TEST(ServerBody, InChunksArrivesWhole) {
    ServerHarness harness(serve_standard);
    RawClient client = harness.client();
    const std::string body = pattern(3000001);
    for (const std::size_t size : {100UL, 4096UL, 65536UL, 2000000UL}) {
        std::string text = chunked("/count");
        for (std::size_t at = 0; at < body.size(); at += size) {
            const auto piece = body.substr(at, size);
            char line[32];
            std::snprintf(line, sizeof line, "%zx\r\n", piece.size());
            text += line + piece + "\r\n";
        }
        client.send(text + "0\r\n\r\n");
        EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, counted(body)) << size;
    }
}

TEST(ServerBody, AsTextIsBounded) {
    ServerHarness harness(serve_standard);
    const std::string body = pattern(1 << 20);
    EXPECT_EQ(harness.ask(put("/echo", body.size()) + body).body, body);
    EXPECT_EQ(harness.ask(chunked("/echo") + "100000\r\n" + body + "\r\n0\r\n\r\n").body, body);
    EXPECT_EQ(harness.ask(put("/echo", body.size() + 1)).body, "error too_large");
    EXPECT_EQ(harness.ask(chunked("/echo") + "100000\r\n" + body + "\r\n1\r\n").body,
              "error too_large");
    EXPECT_EQ(harness.ask(chunked("/echo") + "ffffffffffff\r\n").body, "error too_large");
}

TEST(ServerBody, IsAskedForWhenTheClientWaitsToBeAsked) {
    ServerHarness harness(serve_standard);
    RawClient client = harness.client();
    for (const auto* const path : {"/echo", "/count"}) {
        client.send(put(path, 3, "Expect: 100-Continue\r\n"));
        EXPECT_EQ(client.read_head(), "HTTP/1.1 100 Continue\r\n\r\n");
        client.send("abc");
        const auto answer = client.read_answer().value_or(RawAnswer{});
        EXPECT_EQ(answer.status, 200U);
        EXPECT_EQ(answer.field("Connection"), "(none)");
    }
}

TEST(ServerBody, ThatNobodyWantsIsNotAskedFor) {
    ServerHarness harness(serve_standard);
    RawClient client = harness.client();
    client.send(put("/refuse", 10, "Expect: 100-continue\r\n"));
    const auto answer = client.read_answer().value_or(RawAnswer{});
    EXPECT_EQ(answer.status, 413U);
    EXPECT_EQ(answer.field("Connection"), "close");
    client.shutdown_send();
    EXPECT_TRUE(client.ends());
    EXPECT_EQ(harness.ask(put("/echo", 2 << 20, "Expect: 100-continue\r\n")).body,
              "error too_large");
}

TEST(ServerBody, LeftUnreadDoesNotHideTheAnswer) {
    ServerHarness harness(serve_standard);
    const std::string body = pattern(32 << 20);
    for (int i = 0; i < 5; ++i) {
        RawClient client = harness.client();
        client.send(put("/refuse", body.size()));
        client.send(body);
        const auto answer = client.read_answer();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 413U);
        EXPECT_EQ(answer->field("Connection"), "close");
    }
}

TEST(ServerBody, LeftUnreadIsSkippedWhenItIsSmall) {
    ServerHarness harness(serve_standard);
    RawClient client = harness.client();
    const std::string body = pattern(65536);
    for (int i = 0; i < 3; ++i) {
        client.send(put("/refuse", body.size()) + body.substr(0, 40000));
        const auto answer = client.read_answer().value_or(RawAnswer{});
        EXPECT_EQ(answer.status, 413U);
        EXPECT_EQ(answer.field("Connection"), "(none)");
        client.send(body.substr(40000) + put("/echo", 2) + "ok");
        EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, "ok");
    }
}

TEST(ServerBody, ThatStallsEndsWithDeadlineExceeded) {
    ServerHarness harness(serve_standard, stalling_after(100ms));
    for (const auto& begin :
         {put("/count", 100) + "abc", put("/echo", 100), chunked("/count") + "5\r\nab",
          chunked("/echo") + "5", put("/count", 1 << 20)}) {
        const auto answer = harness.ask(begin);
        EXPECT_EQ(answer.body, "error deadline_exceeded") << begin;
        EXPECT_EQ(answer.field("Connection"), "close");
    }
}

TEST(ServerBody, ThatIsSlowButMovesIsServed) {
    ServerHarness harness(serve_standard, stalling_after(3000ms));
    RawClient client = harness.client();
    const std::string_view body = "abcdefghijklmno";
    client.send(put("/count", body.size()));
    for (const char c : body) {
        std::this_thread::sleep_for(220ms);
        client.send(std::string_view(&c, 1));
    }
    EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, counted(body));
}

struct Ending {
    std::promise<std::string> told;
    std::promise<std::function<void()>> interrupter;
};

Task<Response> read_and_tell(Request& request, std::shared_ptr<Ending> ending) {
    ending->interrupter.set_value(request.body.interrupter());
    Response response = co_await serve_standard(request);
    ending->told.set_value(std::get<std::string>(response.body));
    co_return response;
}

Handler telling(std::shared_ptr<Ending> ending) {
    return [ending](Request& request) { return read_and_tell(request, ending); };
}

TEST(ServerBody, WhoseClientLeavesIsCancelled) {
    const auto ending = std::make_shared<Ending>();
    ServerHarness harness(telling(ending));
    RawClient client = harness.client();
    client.send(put("/count", 1 << 20) + "abc");
    client.close();
    EXPECT_EQ(ending->told.get_future().get(), "error cancelled");
    EXPECT_TRUE(eventually([&] { return harness.server().connections() == 0; }));
}

TEST(ServerBody, CanBeInterruptedFromAnyThread) {
    for (const auto& begin : {put("/count", 1 << 20) + "abc", put("/count", 1 << 20),
                              chunked("/echo"), chunked("/count") + "5\r\nab"}) {
        const auto ending = std::make_shared<Ending>();
        ServerHarness harness(telling(ending));
        RawClient client = harness.client();
        client.send(begin);
        const auto interrupt = ending->interrupter.get_future().get();
        interrupt();
        interrupt();
        const auto answer = client.read_answer().value_or(RawAnswer{});
        EXPECT_EQ(answer.body, "error cancelled");
        EXPECT_EQ(answer.field("Connection"), "close");
        interrupt();
        client.close();
        EXPECT_TRUE(eventually([&] { return harness.server().connections() == 0; }));
        interrupt();
    }
}

TEST(ServerBody, InterruptedAfterItsEndChangesNothingForTheNextRequest) {
    const auto ending = std::make_shared<Ending>();
    std::atomic<int> requests{0};
    ServerHarness harness([&](Request& request) {
        return requests.fetch_add(1) == 0 ? read_and_tell(request, ending)
                                          : serve_standard(request);
    });
    RawClient client = harness.client();
    client.send(put("/echo", 2) + "ab");
    EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, "ab");
    ending->interrupter.get_future().get()();
    client.send(put("/echo", 2) + "cd");
    EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, "cd");
}

TEST(ServerBuffers, AreNotHeldByClientsThatSendNothing) {
    ServerHarness harness(serve_standard);
    std::vector<RawClient> clients;
    for (int i = 0; i < 10; ++i) {
        clients.push_back(harness.client());
        clients.back().send(put("/count", 1 << 20));
    }
    EXPECT_TRUE(eventually([&] { return harness.server().connections() == 10; }));
    const std::string body = pattern(1 << 20);
    for (auto& client : clients) {
        EXPECT_EQ(harness.buffers().in_use(), 0_B);
        client.send(body);
        EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, counted(body));
    }
}

TEST(ServerBuffers, AreGivenUpHalfFullWhileOthersWait) {
    ServerHarness harness(serve_standard, {}, 1_MiB);
    const std::string body = pattern(1 << 20);
    RawClient slow = harness.client();
    slow.send(put("/count", body.size()) + body.substr(0, 500'000));
    EXPECT_TRUE(eventually([&] { return harness.buffers().in_use() == 1_MiB; }));
    EXPECT_EQ(harness.ask(put("/count", body.size()) + body).body, counted(body));
    slow.send(body.substr(500'000));
    EXPECT_EQ(slow.read_answer().value_or(RawAnswer{}).body, counted(body));
}

TEST(ServerBuffers, AreGivenUpByTheSlowBeforeAnybodyWaits) {
    ServerHarness harness(serve_standard, {}, 1_MiB);
    const std::string body = pattern(100);
    const std::string head = put("/count", body.size());
    std::vector<RawClient> clients;
    for (int i = 0; i < 14; ++i) {
        clients.push_back(harness.client());
        clients.back().send(head + body.substr(0, 10));
    }
    const std::string all = std::to_string(14 * (head.size() + 10));
    EXPECT_TRUE(
        eventually([&] { return harness.metric("slipway_http_bytes_received_total") == all; }));
    EXPECT_TRUE(eventually([&] { return harness.buffers().in_use() <= 512_KiB; }));
    for (auto& client : clients) {
        client.send(body.substr(10));
        EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, counted(body));
    }
}

TEST(ServerBuffers, SufficeForManyMoreConnections) {
    ServerHarness harness(serve_standard, {}, 2_MiB);
    const std::string body = pattern(3'000'000);
    const std::string expected = counted(body);
    std::atomic<int> right{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 20; ++i) {
            threads.emplace_back([&] {
                RawClient client = harness.client();
                client.send(put("/count", body.size()));
                for (std::size_t at = 0; at < body.size(); at += 100'000) {
                    client.send(std::string_view(body).substr(at, 100'000));
                }
                if (client.read_answer().value_or(RawAnswer{}).body == expected) {
                    right.fetch_add(1);
                }
            });
        }
    }
    EXPECT_EQ(right.load(), 20);
}

}  // namespace
}  // namespace slipway::http
