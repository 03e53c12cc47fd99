#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "http/server_harness.hpp"

namespace slipway::http {
namespace {

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(ServerRequests, AreServedOneAfterTheOtherOnAConnection) {
    ServerHarness harness(serve_standard);
    RawClient client = harness.client();
    for (int i = 0; i < 3; ++i) {
        client.send(kGet);
        const auto answer = client.read_answer();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 200U);
        EXPECT_EQ(answer->body, "GET /hello");
        EXPECT_EQ(answer->field("Connection"), "(none)");
        EXPECT_EQ(answer->field("Date").size(),
                  std::string("Sun, 22 Nov 2026 19:16:00 GMT").size());
    }
    EXPECT_EQ(harness.metric("slipway_http_requests_total{code=\"2xx\"}"), "3");
    EXPECT_EQ(harness.metric("slipway_http_connections"), "1");
    EXPECT_EQ(harness.metric("slipway_http_bytes_received_total"), std::to_string(3 * kGet.size()));
}

TEST(ServerRequests, MayBePipelined) {
    ServerHarness harness(serve_standard);
    RawClient client = harness.client();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
        "\r\n\r\nGET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, "abc");
    EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, "de");
    const auto last = client.read_answer().value_or(RawAnswer{});
    EXPECT_EQ(last.body, "GET /last");
    EXPECT_EQ(last.field("Connection"), "close");
    EXPECT_TRUE(client.ends());
}

TEST(ServerRequests, MayComeByteByByte) {
    ServerHarness harness(serve_standard);
    RawClient client = harness.client();
    const std::string request =
        "\r\nPOST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "4;a=b\r\nabcd\r\n1\r\ne\r\n0\r\nTrailer: x\r\n\r\n";
    for (int round = 0; round < 2; ++round) {
        for (const char c : request) {
            client.send(std::string_view(&c, 1));
        }
        EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, "abcde");
    }
}

TEST(ServerRequests, SplitAtAnyPlaceAreTheSame) {
    ServerHarness harness(serve_standard);
    const std::string request =
        "POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabcdef";
    const std::string whole = harness.ask(request).body;
    EXPECT_TRUE(whole.starts_with("6 ")) << whole;
    for (std::size_t at = 1; at < request.size(); ++at) {
        RawClient client = harness.client();
        client.send(request.substr(0, at));
        client.send(request.substr(at));
        EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, whole) << at;
    }
}

struct RefusedHead {
    const char* what;
    std::string head;
    unsigned status;
};

std::string lines(const std::string& extra) {
    return "POST /echo HTTP/1.1\r\nHost: h\r\n" + extra +
           "\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
}

TEST(ServerRequests, OfDoubtfulFramingAreRefusedAndTheConnectionEnds) {
    const RefusedHead table[] = {
        {"gzip", lines("Transfer-Encoding: gzip"), 400},
        {"two codings", lines("Transfer-Encoding: chunked, gzip"), 400},
        {"coding twice", lines("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400},
        {"odd coding", lines("Transfer-Encoding: xchunked"), 400},
        {"identity", lines("Transfer-Encoding: identity\r\nContent-Length: 5"), 400},
        {"empty coding", lines("Transfer-Encoding:"), 400},
        {"both", lines("Content-Length: 5\r\nTransfer-Encoding: chunked"), 400},
        {"both, reversed", lines("Transfer-Encoding: chunked\r\nContent-Length: 5"), 400},
        {"length twice", lines("Content-Length: 5\r\nContent-Length: 5"), 400},
        {"length list", lines("Content-Length: 5, 5"), 400},
        {"length signed", lines("Content-Length: +5"), 400},
        {"length negative", lines("Content-Length: -5"), 400},
        {"length hexadecimal", lines("Content-Length: 0x5"), 400},
        {"length empty", lines("Content-Length:"), 400},
        {"length too long", lines("Content-Length: 9223372036854775808"), 400},
        {"folded", lines("X-A: b\r\n c"), 400},
        {"folded by tab", lines("X-A: b\r\n\tc"), 400},
        {"blank before colon", lines("X-A : b"), 400},
        {"bare line feed", "GET / HTTP/1.1\nHost: h\n\n", 400},
        {"bare line feed inside", lines("X-A: b\nX-B: c"), 400},
        {"bare carriage return", lines("X-A: b\rX-B: c"), 400},
        {"NUL", lines(std::string("X-A: b\0c", 8)), 400},
        {"no name", lines(": b"), 400},
        {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
        {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
        {"odd host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"HTTP/1.0 chunked", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"HTTP/2", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
        {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505},
        {"HTTP/0.9", "GET /\r\n\r\n", 400},
        {"preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"TLS", "\x16\x03\x01", 400},
        {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"absolute", "GET http://g/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"dots", "GET /a/../b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"expectation", lines("Expect: 200-ok\r\nContent-Length: 1"), 417},
        {"too large", lines("X-A: " + std::string(20000, 'a')), 431},
    };
    ServerHarness harness(serve_standard);
    for (const auto& [what, head, status] : table) {
        RawClient client = harness.client();
        client.send(head);
        const auto answer = client.read_answer();
        ASSERT_TRUE(answer) << what;
        EXPECT_EQ(answer->status, status) << what;
        EXPECT_TRUE(answer->body.starts_with("refused: ")) << what << ": " << answer->body;
        EXPECT_EQ(answer->field("Connection"), "close") << what;
        EXPECT_EQ(answer->field("X-Request-Id").size(), 16U) << what;
        client.shutdown_send();
        EXPECT_TRUE(client.ends()) << what;
    }
    EXPECT_EQ(harness.metric("slipway_http_rejected_total{reason=\"head\"}"), "1");
    EXPECT_EQ(harness.metric("slipway_http_rejected_total{reason=\"framing\"}"),
              std::to_string(std::size(table) - 1));
}

TEST(ServerRequests, OfBrokenChunksFailInTheHandlerAndTheConnectionEnds) {
    ServerHarness harness(serve_standard);
    const std::string head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const auto* const body :
         {"x\r\n", "-2\r\nab\r\n", "0x2\r\nab\r\n", "2\r\nabc\r\n", "2\nab\r\n",
          "fffffffffffffffff\r\n", "2;a\nb\r\nab\r\n", "0\r\n\n", ";\r\n"}) {
        RawClient client = harness.client();
        client.send(head + body + "0\r\n\r\n");
        const auto answer = client.read_answer().value_or(RawAnswer{});
        EXPECT_EQ(answer.body, "error invalid") << body;
        EXPECT_EQ(answer.field("Connection"), "close") << body;
    }
}

TEST(ServerRequests, OfHttp10CloseUnlessTheyAskToStay) {
    ServerHarness harness(serve_standard);
    RawClient client = harness.client();
    client.send("GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).field("Connection"), "keep-alive");
    client.send("GET /b HTTP/1.0\r\n\r\n");
    const auto answer = client.read_answer().value_or(RawAnswer{});
    EXPECT_EQ(answer.body, "GET /b");
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.ends());
}

TEST(ServerRequests, CarryIdPeerAndHost) {
    ServerHarness harness(serve_standard);
    std::set<std::string> ids;
    for (int i = 0; i < 20; ++i) {
        const auto answer = harness.ask("GET /id HTTP/1.1\r\nHost: Example.ORG:80\r\n\r\n");
        const std::string id = answer.field("X-Request-Id");
        EXPECT_EQ(answer.body, id + " 127.0.0.1 example.org:80");
        ids.insert(id);
    }
    EXPECT_EQ(ids.size(), 20U);
}

TEST(ServerRequests, WhoseHandlerThrowsAreAnswered500AndTheConnectionCloses) {
    ServerHarness harness(serve_standard);
    RawClient client = harness.client();
    client.send("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto answer = client.read_answer().value_or(RawAnswer{});
    EXPECT_EQ(answer.status, 500U);
    EXPECT_EQ(answer.body, "refused: internal error");
    EXPECT_TRUE(client.ends());
    EXPECT_EQ(harness.ask(kGet).status, 200U);
}

TEST(ServerRequests, WhoseAnswerWouldInjectAFieldAreAnswered500) {
    ServerHarness harness(serve_standard);
    const auto answer = harness.ask("GET /inject HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.status, 500U);
    EXPECT_FALSE(answer.head.contains("Evil"));
    EXPECT_EQ(harness.metric("slipway_http_requests_total{code=\"5xx\"}"), "1");
}

TEST(ServerRequests, ForHeadGetTheLengthWithoutTheBody) {
    ServerHarness harness(serve_standard);
    RawClient client = harness.client();
    client.send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\nGET /empty HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto head = client.read_answer(Method::head).value_or(RawAnswer{});
    EXPECT_EQ(head.field("Content-Length"), "11");
    const auto empty = client.read_answer().value_or(RawAnswer{});
    EXPECT_EQ(empty.status, 204U);
    EXPECT_EQ(empty.field("Content-Length"), "(none)");
    client.send(kGet);
    EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, "GET /hello");
}

TEST(ServerAddress, IsIpv4Ipv6OrLocalhost) {
    const std::pair<const char*, const char*> table[] = {
        {"127.0.0.1", "127.0.0.1"}, {"0.0.0.0", "127.0.0.1"},
        {"localhost", "127.0.0.1"}, {"::1", "::1"},
        {"::", "127.0.0.1"},
    };
    for (const auto& [listen, connect] : table) {
        ServerOptions options;
        options.host = listen;
        ServerHarness harness(serve_standard, options);
        RawClient client(harness.port(), connect);
        client.send("GET /id HTTP/1.1\r\nHost: h\r\n\r\n");
        const auto answer = client.read_answer().value_or(RawAnswer{});
        EXPECT_TRUE(answer.body.ends_with(" " + std::string(connect) + " h")) << answer.body;
    }
}

TEST(ServerAddress, InUseOrUnknownIsToldApart) {
    ServerHarness harness(serve_standard);
    const std::pair<std::string, Errc> table[] = {{"127.0.0.1", Errc::conflict},
                                                  {"example.org", Errc::invalid},
                                                  {"192.0.2.1", Errc::invalid}};
    for (const auto& [host, code] : table) {
        telemetry::Metrics metrics;
        runtime::BufferPool buffers(1_MiB);
        runtime::BlockingPool blocking(1);
        runtime::EventLoops loops(1);
        ServerOptions options;
        options.host = host;
        options.port = harness.port();
        Server second(options, loops, blocking, buffers, metrics, serve_standard, nullptr);
        const auto started = second.start();
        ASSERT_FALSE(started) << host;
        EXPECT_EQ(started.error().code, code) << host;
    }
}

}  // namespace
}  // namespace slipway::http
