// What a gate turns away, over real connections, and that everything else goes its way.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "http/gate.hpp"
#include "http/response_head.hpp"
#include "http/server_harness.hpp"

namespace slipway::http {
namespace {

Response full(const telemetry::RequestTag& id) {
    Response response{.status = 503, .headers = {}, .body = "full " + id.id, .head_length = {}};
    response.headers.add("Retry-After", "1");
    return response;
}

// Turns away what is for a path that begins with /full.
class TestGate final : public Gate {
 public:
    bool closed() override { return is_closed; }
    const ReadyAnswer* turn_away(const RequestHead& head) override {
        return head.target.path.starts_with("/full") ? &answer_ : nullptr;
    }
    std::atomic<bool> is_closed{true};

 private:
    const ReadyAnswer answer_{full};
};

std::string put(const std::string& path, std::size_t length, const std::string& fields = {}) {
    return "PUT " + path + " HTTP/1.1\r\nHost: h\r\n" + fields +
           "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

class ServerGate : public ::testing::Test {
 protected:
    ServerOptions options() {
        ServerOptions options;
        options.gate = &gate_;
        return options;
    }
    void expect_full(const std::optional<RawAnswer>& answer, std::string_view connection) {
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 503U);
        EXPECT_EQ(answer->field("Retry-After"), "1");
        EXPECT_EQ(answer->field("Connection"), connection);
        EXPECT_EQ(answer->body, "full " + answer->field("X-Request-Id"));
        EXPECT_EQ(answer->field("Date").size(), 29U);
    }

    TestGate gate_;
    ServerHarness harness_{serve_standard, options()};
};

TEST(ReadyAnswer, IsTheTextThatIsFormattedForEachRequest) {
    const ReadyAnswer ready(full);
    const std::string id = "0123456789abcdef";
    const std::string date = "Sun, 22 Nov 2026 19:16:00 GMT";
    for (const bool keep_alive : {true, false}) {
        const auto head = format_head(full(id), {.method = Method::put,
                                                 .http10 = false,
                                                 .keep_alive = keep_alive,
                                                 .request_id = id,
                                                 .date = date});
        EXPECT_EQ(ready.text({.keep_alive = keep_alive, .request_id = id, .date = date}),
                  *head + "full " + id);
    }
}

TEST_F(ServerGate, AnswersAndGoesOnBehindTheBody) {
    RawClient client = harness_.client();
    client.send(put("/full", 40000) + std::string(30000, 'b'));
    expect_full(client.read_answer(), "(none)");
    client.send(std::string(10000, 'b') + put("/full", 3) + "abc" + put("/full", 0));
    const auto second = client.read_answer();
    expect_full(second, "(none)");
    const auto third = client.read_answer();
    expect_full(third, "(none)");
    EXPECT_NE(second->field("X-Request-Id"), third->field("X-Request-Id"));
    client.send(put("/echo", 2) + "ok");
    EXPECT_EQ(client.read_answer().value_or(RawAnswer{}).body, "ok");
    EXPECT_EQ(harness_.metric("slipway_http_requests_total{code=\"5xx\"}"), "3");
    EXPECT_EQ(harness_.metric("slipway_http_requests_total{code=\"2xx\"}"), "1");
}

TEST_F(ServerGate, ClosesWhereTheBodyCannotBeSkipped) {
    for (const auto& request :
         {put("/full", (64 << 10) + 1), put("/full", 9, "Expect: 100-continue\r\n"),
          put("/full", 1, "Connection: close\r\n") + "b",
          std::string("PUT /full HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n1\r\na\r\n")}) {
        RawClient client = harness_.client();
        client.send(request);
        expect_full(client.read_answer(), "close");
        client.shutdown_send();
        EXPECT_TRUE(client.ends()) << request;
    }
    EXPECT_TRUE(eventually([&] { return harness_.server().connections() == 0; }));
}

TEST_F(ServerGate, ReachesAClientThatReadsOnlyWhenItHasSentAll) {
    RawClient client = harness_.client();
    const std::string body(20 << 20, 'b');
    client.send(put("/full", body.size()));
    client.send(body);
    expect_full(client.read_answer(), "close");
}

TEST_F(ServerGate, LetsGoWhatItDoesNotTurnAwayAndWhatIsNoRequest) {
    EXPECT_EQ(harness_.ask(put("/echo", 2) + "ok").body, "ok");
    EXPECT_EQ(harness_.ask("PUT /full HTTP/1.1\r\nHost: a b\r\n\r\n").status, 400U);
    // Of HTTP/1.0, whose connections are kept by other words.
    EXPECT_EQ(harness_.ask("PUT /full HTTP/1.0\r\nContent-Length: 0\r\n\r\n").status, 200U);
    gate_.is_closed = false;
    EXPECT_EQ(harness_.ask(put("/full", 0)).status, 200U);
}

}  // namespace
}  // namespace slipway::http
