#include "http/client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <latch>

#include "http/scripted_server.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Sends the requests one after the other over one client.
Task<std::vector<Result<ClientResponse>>> send_all(std::vector<ClientRequest> requests,
                                                   ClientOptions options, BodySink sink) {
    Client client(options);
    std::vector<Result<ClientResponse>> responses;
    for (auto& request : requests) {
        responses.push_back(co_await client.send(std::move(request), sink));
    }
    co_return responses;
}

std::vector<Result<ClientResponse>> run_all(std::vector<ClientRequest> requests,
                                            ClientOptions options = {}) {
    return runtime::run_blocking(send_all(std::move(requests), options, nullptr));
}

Result<ClientResponse> run_one(ClientRequest request, ClientOptions options = {},
                               BodySink sink = nullptr) {
    std::vector<ClientRequest> requests;
    requests.push_back(std::move(request));
    return runtime::run_blocking(send_all(std::move(requests), options, std::move(sink)))[0];
}

ClientRequest get(std::string url) {
    return {Method::get, std::move(url), {}, {}};
}

// `total` bytes of 'x'; fails after `good` of them when that is less.
class TestSource final : public BodySource {
 public:
    explicit TestSource(std::size_t total, std::size_t good = SIZE_MAX)
        : left_(total), good_(good) {}
    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        if (good_ == 0) {
            co_return failure(Errc::conflict, "source failed");
        }
        const auto count = std::min({out.size(), left_, good_});
        std::memset(out.data(), 'x', count);
        left_ -= count;
        good_ -= count;
        co_return count;
    }

 private:
    std::size_t left_;
    std::size_t good_;
};

ClientRequest put(std::string url, std::size_t length, std::shared_ptr<BodySource> source) {
    return {Method::put, std::move(url), {}, StreamBody{std::move(source), ByteCount(length)}};
}

TEST(HttpClient, SendsHeadAndBodyAndReturnsTheAnswer) {
    std::string head;
    std::string body;
    ScriptedServer server({[&](ScriptedPeer& peer) {
        head = peer.read_head();
        body = peer.read_bytes(5);
        peer.write("HTTP/1.1 201 Created\r\nX-A: b\r\nContent-Length: 3\r\n\r\nabc");
    }});
    ClientRequest request{Method::post, server.url("/p?q=1"), {}, std::string("hello")};
    request.headers.add("X-Own", "value");
    request.headers.add("Content-Length", "99");
    const auto response = run_one(std::move(request));
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->status, 201U);
    EXPECT_EQ(response->headers.find("x-a"), "b");
    EXPECT_EQ(response->body, "abc");
    EXPECT_TRUE(head.starts_with("POST /p?q=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
    EXPECT_TRUE(head.contains("\r\nX-Own: value\r\n"));
    EXPECT_TRUE(head.contains("\r\nContent-Length: 5\r\n"));
    EXPECT_FALSE(head.contains("Content-Length: 99"));
    EXPECT_EQ(body, "hello");
}

TEST(HttpClient, UsesOneConnectionAgain) {
    ScriptedServer server({[](ScriptedPeer& peer) {
        for (int i = 0; i < 3; ++i) {
            peer.read_head();
            peer.write(kOk);
        }
    }});
    const auto responses =
        run_all({get(server.url("/1")), get(server.url("/2")), get(server.url("/3"))});
    for (const auto& response : responses) {
        ASSERT_TRUE(response) << response.error().detail;
        EXPECT_EQ(response->body, "ok");
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, ClosesWhatTheServerWantsClosed) {
    const auto once = [](ScriptedPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        EXPECT_TRUE(peer.client_closed());
    };
    ScriptedServer server({once, once});
    const auto responses = run_all({get(server.url("/")), get(server.url("/"))});
    EXPECT_TRUE(responses[0] && responses[1]);
    EXPECT_EQ(server.connections(), 2U);
}

// The server takes a second request on a connection and then drops it without a byte.
std::vector<ScriptedServer::Script> stale_then_fresh() {
    return {[](ScriptedPeer& peer) {
                peer.read_head();
                peer.write(kOk);
                peer.read_head();
                peer.reset();
            },
            [](ScriptedPeer& peer) {
                peer.read_head();
                peer.write(kOk);
            }};
}

TEST(HttpClient, ReplaysAnIdempotentRequestOnceWhenAnIdleConnectionWasDead) {
    ScriptedServer server(stale_then_fresh());
    const auto responses = run_all({get(server.url("/")), get(server.url("/"))});
    EXPECT_TRUE(responses[0]);
    ASSERT_TRUE(responses[1]) << responses[1].error().detail;
    EXPECT_EQ(server.connections(), 2U);
}

TEST(HttpClient, NeverReplaysAPost) {
    ScriptedServer server(stale_then_fresh());
    ClientRequest post{Method::post, server.url("/"), {}, std::string("x")};
    const auto responses = run_all({get(server.url("/")), post});
    EXPECT_TRUE(responses[0]);
    ASSERT_FALSE(responses[1]);
    EXPECT_EQ(responses[1].error().code, Errc::unavailable);
    EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, NeverReplaysAStreamThatWasReadFrom) {
    ScriptedServer server(stale_then_fresh());
    const auto responses = run_all(
        {get(server.url("/")), put(server.url("/"), 1000, std::make_shared<TestSource>(1000))});
    ASSERT_FALSE(responses[1]);
    EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, NeverReplaysOnceAnAnswerBegan) {
    ScriptedServer server({[](ScriptedPeer& peer) {
                               peer.read_head();
                               peer.write(kOk);
                               peer.read_head();
                               peer.write("HTTP/1.1 200 OK\r\n");
                           },
                           [](ScriptedPeer& peer) { peer.write(kOk); }});
    const auto responses = run_all({get(server.url("/")), get(server.url("/"))});
    ASSERT_FALSE(responses[1]);
    EXPECT_EQ(responses[1].error().code, Errc::unavailable);
    EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, AFreshConnectionThatBreaksIsNotTriedAgain) {
    ScriptedServer server({[](ScriptedPeer& peer) {
                               peer.read_head();
                               peer.reset();
                           },
                           [](ScriptedPeer& peer) { peer.write(kOk); }});
    const auto response = run_one(get(server.url("/")));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::unavailable);
    EXPECT_EQ(server.connections(), 1U);
}

Task<bool> post_after(const ScriptedServer& server, std::latch& closed) {
    Client client;
    const auto first = co_await client.send(get(server.url("/")));
    closed.wait();
    ClientRequest post{Method::post, server.url("/"), {}, std::string("x")};
    const auto second = co_await client.send(std::move(post));
    co_return first.has_value() && second.has_value();
}

TEST(HttpClient, AClosedIdleConnectionIsNoticedBeforeAPost) {
    std::latch closed(1);
    ScriptedServer server({[&](ScriptedPeer& peer) {
                               peer.read_head();
                               peer.write(kOk);
                               peer.reset();
                               closed.count_down();
                           },
                           [](ScriptedPeer& peer) {
                               peer.read_head();
                               peer.write(kOk);
                           }});
    EXPECT_TRUE(runtime::run_blocking(post_after(server, closed)));
}

TEST(HttpClient, AnAnswerThatComesWhileSendingEndsTheSending) {
    constexpr std::size_t kLength = std::size_t{1} << 30;
    ScriptedServer server({[](ScriptedPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
        // Reads no more: a client that wants to send everything first would wait for ever.
        peer.read_bytes(1 << 20);
    }});
    const auto response =
        run_one(put(server.url("/"), kLength, std::make_shared<TestSource>(kLength)));
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->status, 413U);
    EXPECT_EQ(response->body, "big");
}

TEST(HttpClient, AnAnswerBeforeTheConnectionBreaksIsStillRead) {
    constexpr std::size_t kLength = std::size_t{64} << 20;
    ScriptedServer server({[](ScriptedPeer& peer) {
        peer.read_head();
        peer.read_bytes(1 << 20);
        peer.write("HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        while (!peer.read_bytes(1 << 20).empty()) {
        }
    }});
    const auto response =
        run_one(put(server.url("/"), kLength, std::make_shared<TestSource>(kLength)));
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->status, 409U);
}

TEST(HttpClient, AnInterimAnswerWhileSendingEndsNothing) {
    constexpr std::size_t kLength = std::size_t{16} << 20;
    std::size_t received = 0;
    ScriptedServer server({[&](ScriptedPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
        received = peer.read_bytes(kLength).size();
        peer.write("HTTP/1.1 103 Early Hints\r\n\r\n");
        peer.write(kOk);
    }});
    const auto response =
        run_one(put(server.url("/"), kLength, std::make_shared<TestSource>(kLength)));
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->status, 200U);
    EXPECT_EQ(received, kLength);
}

TEST(HttpClient, GivesUpOnAServerThatSaysNothing) {
    ScriptedServer server({[](ScriptedPeer& peer) {
        peer.read_head();
        EXPECT_TRUE(peer.client_closed());
    }});
    const auto response = run_one(get(server.url("/")), {.stall_timeout = 50ms});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::deadline_exceeded);
}

TEST(HttpClient, GivesUpOnAServerThatReadsNothing) {
    constexpr std::size_t kLength = std::size_t{1} << 30;
    std::latch over(1);
    ScriptedServer server({[&](ScriptedPeer&) { over.wait(); }});
    const auto response =
        run_one(put(server.url("/"), kLength, std::make_shared<TestSource>(kLength)),
                {.stall_timeout = 50ms});
    over.count_down();
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::deadline_exceeded);
}

TEST(HttpClient, SlowButMovingIsNoStall) {
    ScriptedServer server({[](ScriptedPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
        for (int i = 0; i < 6; ++i) {
            std::this_thread::sleep_for(400ms);
            peer.write("x");
        }
    }});
    const auto response = run_one(get(server.url("/")), {.stall_timeout = 2s});
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->body, "xxxxxx");
}

TEST(HttpClient, TakesChunkedAnswers) {
    ScriptedServer server({[](ScriptedPeer& peer) {
        for (int i = 0; i < 2; ++i) {
            peer.read_head();
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhel");
            peer.write("lo\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n");
        }
    }});
    for (const auto& response : run_all({get(server.url("/")), get(server.url("/"))})) {
        ASSERT_TRUE(response) << response.error().detail;
        EXPECT_EQ(response->body, "hello!");
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, TakesAnswersThatEndWithTheConnection) {
    ScriptedServer server({[](ScriptedPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.0 200 OK\r\n\r\nold");
    }});
    const auto response = run_one(get(server.url("/")));
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->body, "old");
}

TEST(HttpClient, HeadHasALengthAndNoBody) {
    ScriptedServer server({[](ScriptedPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        peer.read_head();
        peer.write(kOk);
    }});
    ClientRequest head{Method::head, server.url("/"), {}, {}};
    const auto responses = run_all({head, get(server.url("/"))});
    ASSERT_TRUE(responses[0]) << responses[0].error().detail;
    EXPECT_EQ(responses[0]->headers.find("Content-Length"), "1000000");
    EXPECT_EQ(responses[0]->body, "");
    ASSERT_TRUE(responses[1]) << responses[1].error().detail;
    EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, BrokenAnswersAreErrors) {
    const std::vector<std::string> answers = {
        "",
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nBad Header",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'a') + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n!\r\n0\r\nTrailer"};
    for (const auto& answer : answers) {
        ScriptedServer server({[&](ScriptedPeer& peer) {
            peer.read_head();
            peer.write(answer);
        }});
        const auto response = run_one(get(server.url("/")));
        ASSERT_FALSE(response) << answer.substr(0, 60);
        EXPECT_EQ(response.error().code, Errc::unavailable) << answer.substr(0, 60);
    }
}

struct Collected {
    std::string bytes;
    std::size_t limit = SIZE_MAX;
};

Task<Result<>> collect(Collected& collected, std::span<const std::byte> bytes) {
    collected.bytes.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (collected.bytes.size() > collected.limit) {
        co_return failure(Errc::storage_full, "sink is full");
    }
    co_return Result<>{};
}

TEST(HttpClient, ASinkTakesTheBodyOfASuccess) {
    const std::string large(3'000'000, 'z');
    ScriptedServer server({[&](ScriptedPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 206 Partial\r\nContent-Length: 3000000\r\n\r\n" + large);
    }});
    Collected collected;
    const auto response = run_one(get(server.url("/")), {}, [&](std::span<const std::byte> bytes) {
        return collect(collected, bytes);
    });
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->body, "");
    EXPECT_EQ(collected.bytes, large);
}

TEST(HttpClient, ASinkDoesNotTakeAnErrorAnswer) {
    ScriptedServer server({[&](ScriptedPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone");
    }});
    Collected collected;
    const auto response = run_one(get(server.url("/")), {}, [&](std::span<const std::byte> bytes) {
        return collect(collected, bytes);
    });
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body, "gone");
    EXPECT_EQ(collected.bytes, "");
}

TEST(HttpClient, AHeadThatIsNotWantedEndsTheExchange) {
    ScriptedServer server({[&](ScriptedPeer& peer) {
        peer.read_head();
        peer.write(kOk);
    }});
    Collected collected;
    auto request = get(server.url("/"));
    request.check_head = [](unsigned status, const Headers& headers) -> Result<> {
        EXPECT_EQ(headers.find("content-length"), "2");
        return status == 206 ? Result<>() : failure(Errc::unsupported, "no range");
    };
    const auto response = run_one(std::move(request), {}, [&](std::span<const std::byte> bytes) {
        return collect(collected, bytes);
    });
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::unsupported);
    EXPECT_EQ(collected.bytes, "");
}

TEST(HttpClient, AnErrorOfTheSinkEndsTheExchange) {
    ScriptedServer server({[&](ScriptedPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n");
        peer.write(std::string(3'000'000, 'z'));
    }});
    Collected collected{.bytes = {}, .limit = 1000};
    const auto response = run_one(get(server.url("/")), {}, [&](std::span<const std::byte> bytes) {
        return collect(collected, bytes);
    });
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::storage_full);
}

TEST(HttpClient, AnErrorOfTheSourceEndsTheExchange) {
    ScriptedServer server({[](ScriptedPeer& peer) {
        peer.read_head();
        EXPECT_LT(peer.read_bytes(1'000'000).size(), 1'000'000U);
    }});
    const auto response =
        run_one(put(server.url("/"), 1'000'000, std::make_shared<TestSource>(1'000'000, 500'000)));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::conflict);
}

TEST(HttpClient, ASourceThatEndsEarlyIsAnError) {
    ScriptedServer server({[](ScriptedPeer& peer) { peer.read_head(); }});
    const auto response = run_one(put(server.url("/"), 1000, std::make_shared<TestSource>(500)));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::invalid);
}

TEST(HttpClient, RefusesUrlsAndFieldsItCannotSend) {
    for (const auto* url :
         {"", "example.com", "/path", "http://", "http://a b/", "http://u:p@h/"}) {
        const auto response = run_one(get(url));
        ASSERT_FALSE(response) << url;
        EXPECT_EQ(response.error().code, Errc::invalid) << url;
    }
    const auto other = run_one(get("ftp://localhost/"));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, Errc::unsupported);

    ScriptedServer server({[](ScriptedPeer& peer) { EXPECT_EQ(peer.read_head(), ""); }});
    auto request = get(server.url("/"));
    request.headers.add("X", "a\r\nInjected: b");
    const auto response = run_one(std::move(request));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::invalid);
}

TEST(HttpClient, BoundsWhatItCollects) {
    const auto answer = [](ScriptedPeer& peer) {
        peer.read_head();
        peer.write(kOk);
    };
    ScriptedServer server({answer, answer});
    EXPECT_TRUE(run_one(get(server.url("/")), {.collect_limit = 2_B}));
    const auto response = run_one(get(server.url("/")), {.collect_limit = 1_B});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::too_large);
}

TEST(HttpClient, AnExchangeEndsInTimeThoughBytesKeepComing) {
    ScriptedServer server({[](ScriptedPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        for (int i = 0; i < 1000 && !peer.closed_within(20ms); ++i) {
            peer.write("x");
        }
    }});
    const auto response = run_one(get(server.url("/")), {.total_timeout = 200ms});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::deadline_exceeded);
}

TEST(HttpClient, KeepsToPublicAddressesWhereItIsTold) {
    ScriptedServer server({});
    const auto port = server.url("").substr(server.url("").rfind(':'));
    for (const std::string host : {"127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1",
                                   "[::1]", "[::ffff:127.0.0.1]", "localhost", "0"}) {
        const auto response =
            run_one(get("http://" + host + port + "/"), {.addresses = AddressRule::public_only});
        ASSERT_FALSE(response) << host;
        EXPECT_EQ(response.error().code, Errc::forbidden) << host << response.error().detail;
    }
    EXPECT_EQ(server.connections(), 0U);
}

TEST(HttpClient, NobodyListening) {
    std::string url;
    {
        const ScriptedServer server({});
        url = server.url("/");
    }
    const auto response = run_one(get(url));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::unavailable);
}

TEST(HttpClient, ARequestMayHaveALimitOfItsOwn) {
    ScriptedServer server({[](ScriptedPeer& peer) {
        peer.read_head();
        peer.client_closed();
    }});
    ClientRequest request = get(server.url("/"));
    request.time_limit = 50ms;
    EXPECT_EQ(run_one(std::move(request)).error().code, Errc::deadline_exceeded);
}

TEST(HttpClient, ToldIsWhetherTheServerCanHaveSeenTheRequest) {
    bool began = false;
    ClientRequest refused = get("http://127.0.0.1:1/");
    refused.began = &began;
    EXPECT_EQ(run_one(std::move(refused)).error().code, Errc::unavailable);
    EXPECT_FALSE(began);

    ScriptedServer server({[](ScriptedPeer& peer) { peer.read_head(); }});
    ClientRequest unanswered = get(server.url("/"));
    unanswered.began = &began;
    EXPECT_EQ(run_one(std::move(unanswered)).error().code, Errc::unavailable);
    EXPECT_TRUE(began);
}

}  // namespace
}  // namespace slipway::http
