#include "adapters/webhook/webhook_courier.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/webhook/signature.hpp"
#include "http/scripted_server.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::adapters::webhook {
namespace {

using namespace std::chrono_literals;
using http::ScriptedPeer;
using http::ScriptedServer;

const Secret kSecret(32, std::byte{7});

core::Delivery delivery() {
    return {.endpoint = "here",
            .event = EventId::parse(std::string(32, 'e')).value(),
            .subject = {},
            .sequence = 1,
            .traceparent = "00-1-2-01",
            .body = R"({"a":1})"};
}

// Answers every request of one connection each.
ScriptedServer::Script answering(std::string answer) {
    return [answer](ScriptedPeer& peer) {
        peer.read_head();
        peer.read_bytes(7);
        peer.write(answer);
    };
}

class WebhookCourierTest : public ::testing::Test {
 protected:
    ports::DeliveryOutcome deliver(const std::string& url, WebhookCourierOptions options,
                                   core::Delivery message = delivery()) {
        WebhookCourier courier(
            clock_, {{.name = "here", .url = url, .kinds = {}, .secrets = {kSecret}}}, options);
        return runtime::run_blocking(courier.deliver(std::move(message)));
    }
    ports::DeliveryOutcome deliver_here(const ScriptedServer& server) {
        return deliver(server.url("/hook"), {.timeout = 2s, .allow_private = true, .ca = {}});
    }
    static ports::NotDelivered failure_of(ports::DeliveryOutcome outcome) {
        EXPECT_TRUE(std::holds_alternative<ports::NotDelivered>(outcome));
        return std::get<ports::NotDelivered>(std::move(outcome));
    }

    memory::ManualClock clock_;
};

TEST_F(WebhookCourierTest, PostsTheSignedMessage) {
    std::string head;
    std::string body;
    ScriptedServer server({[&](ScriptedPeer& peer) {
        head = peer.read_head();
        body = peer.read_bytes(7);
        peer.write("HTTP/1.1 204 No Content\r\n\r\n");
    }});
    EXPECT_TRUE(std::holds_alternative<ports::Delivered>(deliver_here(server)));
    EXPECT_EQ(body, delivery().body);
    EXPECT_TRUE(head.starts_with("POST /hook HTTP/1.1\r\n"));
    const std::string id = std::string(32, 'e');
    const std::vector<Secret> secrets{kSecret};
    const auto now = unix_seconds(clock_.wall());
    for (const std::string& field :
         {std::string("Content-Type: application/cloudevents+json"),
          std::string("webhook-id: ") + id, std::string("traceparent: 00-1-2-01"),
          "webhook-timestamp: " + std::to_string(now),
          "webhook-signature: " + sign(secrets, {.id = id, .timestamp = now, .body = body})}) {
        EXPECT_TRUE(head.contains("\r\n" + field + "\r\n")) << field << "\n" << head;
    }
}

TEST_F(WebhookCourierTest, JudgesAnswers) {
    const auto outcome_of = [this](const std::string& line) {
        ScriptedServer server({answering("HTTP/1.1 " + line + "\r\nContent-Length: 0\r\n\r\n")});
        return deliver_here(server);
    };
    for (const auto* line : {"200 OK", "202 Accepted", "299 x"}) {
        EXPECT_TRUE(std::holds_alternative<ports::Delivered>(outcome_of(line))) << line;
    }
    for (const auto* line : {"301 Moved\r\nLocation: /", "400 x", "404 x", "500 x", "503 x"}) {
        const auto failed = failure_of(outcome_of(line));
        EXPECT_FALSE(failed.is_final) << line;
        EXPECT_FALSE(failed.retry_after) << line;
    }
    EXPECT_TRUE(failure_of(outcome_of("410 Gone")).is_final);
    EXPECT_EQ(failure_of(outcome_of("503 x\r\nRetry-After: 17")).retry_after, 17s);
    EXPECT_EQ(failure_of(outcome_of("503 x\r\nRetry-After: 9999999")).retry_after, 24h);
    EXPECT_EQ(failure_of(outcome_of("503 x\r\nRetry-After: soon")).retry_after, std::nullopt);
}

TEST_F(WebhookCourierTest, ReadsLittleOfAnAnswer) {
    const auto endless = [](const char* status) {
        return [status](ScriptedPeer& peer) {
            peer.read_head();
            peer.read_bytes(7);
            peer.write("HTTP/1.1 " + std::string(status) + "\r\n\r\n" + std::string(1 << 20, 'x'));
        };
    };
    ScriptedServer server({endless("200 OK"), endless("500 x")});
    EXPECT_TRUE(std::holds_alternative<ports::Delivered>(deliver_here(server)));
    EXPECT_EQ(failure_of(deliver_here(server)).error.code, Errc::too_large);
}

TEST_F(WebhookCourierTest, GoesNowhereButToPublicAddresses) {
    ScriptedServer server({answering("HTTP/1.1 200 OK\r\n\r\n")});
    const auto failed = failure_of(deliver(server.url("/"), {.timeout = 2s, .ca = {}}));
    EXPECT_EQ(failed.error.code, Errc::forbidden);
    EXPECT_EQ(server.connections(), 0U);
}

TEST_F(WebhookCourierTest, KnowsOnlyItsEndpoints) {
    auto message = delivery();
    message.endpoint = "there";
    const auto failed = failure_of(
        deliver("http://127.0.0.1:1/", {.timeout = 1s, .allow_private = true, .ca = {}}, message));
    EXPECT_TRUE(failed.is_final);
}

TEST_F(WebhookCourierTest, StopEndsWhatIsUnderWay) {
    WebhookCourier* courier = nullptr;
    ScriptedServer server({[&](ScriptedPeer& peer) {
        peer.read_head();
        courier->stop();
        peer.client_closed();
    }});
    WebhookCourier made(
        clock_, {{.name = "here", .url = server.url("/"), .kinds = {}, .secrets = {kSecret}}},
        {.timeout = 30s, .allow_private = true, .ca = {}});
    courier = &made;
    for (int i = 0; i < 2; ++i) {
        const auto failed = failure_of(runtime::run_blocking(made.deliver(delivery())));
        EXPECT_EQ(failed.error.code, Errc::cancelled) << failed.error.detail;
    }
}

}  // namespace
}  // namespace slipway::adapters::webhook
