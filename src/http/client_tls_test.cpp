#include <gtest/gtest.h>

#include <cstring>

#include "http/client.hpp"
#include "http/scripted_server.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

void answer_once(ScriptedPeer& peer) {
    peer.read_head();
    peer.write(kOk);
}

Task<std::vector<Result<ClientResponse>>> send_all(std::vector<ClientRequest> requests,
                                                   ClientOptions options) {
    Client client(options);
    std::vector<Result<ClientResponse>> responses;
    for (auto& request : requests) {
        responses.push_back(co_await client.send(std::move(request)));
    }
    co_return responses;
}

Result<ClientResponse> run_one(ClientRequest request, ClientOptions options) {
    std::vector<ClientRequest> requests;
    requests.push_back(std::move(request));
    return runtime::run_blocking(send_all(std::move(requests), std::move(options)))[0];
}

ClientRequest get(std::string url) {
    return {Method::get, std::move(url), {}, {}};
}

class Zeros final : public BodySource {
 public:
    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        std::memset(out.data(), 0, out.size());
        co_return out.size();
    }
};

ClientRequest put_zeros(std::string url, ByteCount length) {
    return {Method::put, std::move(url), {}, StreamBody{std::make_shared<Zeros>(), length}};
}

class HttpsClient : public ::testing::Test {
 protected:
    ClientOptions trusting() const { return {.stall_timeout = 5s, .ca = authority_.file()}; }
    TestIdentity identity() const { return authority_.identity("IP:127.0.0.1"); }

    TestAuthority authority_;
};

TEST_F(HttpsClient, SendsAndReceivesOverOneConnection) {
    std::vector<std::string> bodies;
    ScriptedServer server({[&](ScriptedPeer& peer) {
                              for (int i = 0; i < 3; ++i) {
                                  peer.read_head();
                                  bodies.push_back(peer.read_bytes(300'000));
                                  peer.write(kOk);
                              }
                          }},
                          identity());
    std::vector<ClientRequest> requests;
    for (const char letter : {'a', 'b', 'c'}) {
        requests.push_back({Method::post, server.url("/x"), {}, std::string(300'000, letter)});
    }
    const auto responses = runtime::run_blocking(send_all(std::move(requests), trusting()));
    for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_TRUE(responses[i]) << responses[i].error().detail;
        EXPECT_EQ(responses[i]->body, "ok");
        EXPECT_EQ(bodies[i], std::string(300'000, "abc"[i]));
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST_F(HttpsClient, TellsAnUnknownAuthority) {
    const TestAuthority other;
    ScriptedServer server({answer_once}, other.identity("IP:127.0.0.1"));
    const auto response = run_one(get(server.url("/")), trusting());
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::untrusted);
    EXPECT_TRUE(response.error().detail.contains("not signed by a known authority"))
        << response.error().detail;
}

TEST_F(HttpsClient, TrustsOnlyTheSystemWhenNothingIsSaid) {
    ScriptedServer server({answer_once}, identity());
    const auto response = run_one(get(server.url("/")), {});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::untrusted);
}

TEST_F(HttpsClient, TellsAnotherName) {
    for (const auto* name : {"IP:127.0.0.2", "DNS:localhost", "DNS:127.0.0.1"}) {
        ScriptedServer server({answer_once}, authority_.identity(name));
        const auto response = run_one(get(server.url("/")), trusting());
        ASSERT_FALSE(response) << name;
        EXPECT_EQ(response.error().code, Errc::untrusted) << name;
        EXPECT_TRUE(response.error().detail.contains("is for another name"))
            << response.error().detail;
    }
}

TEST_F(HttpsClient, ComparesNamesOfHosts) {
    const auto at_localhost = [](const ScriptedServer& server) {
        auto url = server.url("/");
        return get(url.replace(url.find("127.0.0.1"), 9, "localhost"));
    };
    ScriptedServer right({answer_once}, authority_.identity("DNS:localhost"));
    const auto accepted = run_one(at_localhost(right), trusting());
    ASSERT_TRUE(accepted) << accepted.error().detail;
    ScriptedServer wrong({answer_once}, authority_.identity("DNS:*.localhost"));
    const auto refused = run_one(at_localhost(wrong), trusting());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::untrusted);
}

TEST_F(HttpsClient, TellsAnExpiredCertificate) {
    ScriptedServer server({answer_once}, authority_.identity("IP:127.0.0.1", -60s));
    const auto response = run_one(get(server.url("/")), trusting());
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::untrusted);
    EXPECT_TRUE(response.error().detail.contains("has expired")) << response.error().detail;
}

TEST_F(HttpsClient, TellsAServerWithoutTls) {
    ScriptedServer server({[](ScriptedPeer& peer) { peer.write("HTTP/1.1 400 Bad\r\n\r\n"); }});
    const auto response = run_one(get("https" + server.url("/").substr(4)), trusting());
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::unsupported) << response.error().detail;
}

TEST_F(HttpsClient, TellsAHandshakeThatNeverEnds) {
    ScriptedServer server({[](ScriptedPeer& peer) { peer.closed_within(5s), peer.read_head(); }});
    auto options = trusting();
    options.connect_timeout = 100ms;
    const auto response = run_one(get("https" + server.url("/").substr(4)), options);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::deadline_exceeded) << response.error().detail;
}

TEST_F(HttpsClient, TellsThatNobodyListens) {
    std::string url;
    {
        const ScriptedServer server({}, identity());
        url = server.url("/");
    }
    const auto response = run_one(get(url), trusting());
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::unavailable);
}

TEST_F(HttpsClient, TellsThatThereAreNoAuthoritiesInAFile) {
    EXPECT_FALSE(check_authorities("/dev/null"));
    EXPECT_FALSE(check_authorities("/does/not/exist"));
    EXPECT_TRUE(check_authorities(authority_.file()));
}

// The server refuses at once and reads nothing more: the write cannot end, the answer must be seen.
TEST_F(HttpsClient, SeesAnAnswerWhileItsBodyIsStuck) {
    ScriptedServer server({[](ScriptedPeer& peer) {
                              peer.read_head();
                              peer.write("HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n");
                              peer.wait_for_close();
                          }},
                          identity());
    const auto response = run_one(put_zeros(server.url("/"), 1_GiB), trusting());
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->status, 413U);
}

TEST_F(HttpsClient, GoesOnAfterAnInterimAnswer) {
    std::string body;
    ScriptedServer server({[&](ScriptedPeer& peer) {
                              peer.read_head();
                              peer.write("HTTP/1.1 102 Processing\r\n\r\n");
                              body = peer.read_bytes(20'000'000);
                              peer.write(kOk);
                          }},
                          identity());
    const auto response = run_one(put_zeros(server.url("/"), ByteCount(20'000'000)), trusting());
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->status, 200U);
    EXPECT_EQ(body, std::string(20'000'000, '\0'));
}

TEST_F(HttpsClient, TakesNoCutOffAnswerForAWholeOne) {
    ScriptedServer server({[](ScriptedPeer& peer) {
                              peer.read_head();
                              peer.write("HTTP/1.1 200 OK\r\n\r\nhalf of i");
                              peer.reset();
                          }},
                          identity());
    EXPECT_FALSE(run_one(get(server.url("/")), trusting()));
}

TEST_F(HttpsClient, SendsAnewWhenAnIdleConnectionHasEnded) {
    ScriptedServer server({answer_once, answer_once}, identity());
    std::vector<ClientRequest> requests;
    requests.push_back(get(server.url("/")));
    requests.push_back(get(server.url("/")));
    const auto responses = runtime::run_blocking(send_all(std::move(requests), trusting()));
    ASSERT_TRUE(responses[1]) << responses[1].error().detail;
    EXPECT_EQ(server.connections(), 2U);
}

}  // namespace
}  // namespace slipway::http
