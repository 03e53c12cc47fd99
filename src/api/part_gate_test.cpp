#include "api/part_gate.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "api/problem.hpp"
#include "api/service_fixture.hpp"
#include "engine/receive_part.hpp"
#include "telemetry/log.hpp"

namespace slipway::api {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPart = "/upload/00000000000000000000000000000001/part/1";

http::RequestHead head_of(http::Method method, std::string_view target) {
    return {.method = method, .target = *http::parse_target(target), .host = "h", .headers = {}};
}

class PartGateTest : public ServiceFixture {
 protected:
    PartGateTest() { rig_.world.options.max_parts_in_flight = 2; }
    void hold_parts(std::size_t count) { rig_.metrics.parts_in_flight = count; }
    const http::ReadyAnswer* ask() {
        return gate_.closed() ? gate_.turn_away(head_of(http::Method::put, kPart)) : nullptr;
    }
    // How many of so many are turned away.
    std::uint64_t turned_away(std::uint64_t asked) {
        std::uint64_t count = 0;
        for (std::uint64_t i = 0; i < asked; ++i) {
            count += ask() != nullptr ? 1U : 0U;
        }
        return count;
    }
    double value(const std::string& series) {
        const std::string text = "\n" + rig_.registry.expose();
        const auto at = text.find("\n" + series + " ");
        return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
    }

    static constexpr auto kUsual = PartGate::kUsualWayEachSecond;
    http::Gate& gate_ = service_.gate();
};

TEST_F(PartGateTest, IsClosedOnceAsManyPartsAreThereAsAreLetIn) {
    hold_parts(1);
    EXPECT_FALSE(gate_.closed());
    hold_parts(2);
    EXPECT_TRUE(gate_.closed());
    health_.set_draining();
    EXPECT_FALSE(gate_.closed()) << "a server that shuts down says so instead";
}

TEST_F(PartGateTest, AFewEachSecondGoTheUsualWay) {
    hold_parts(2);
    EXPECT_EQ(turned_away(kUsual + 5), 5U);
    rig_.clock.advance(1s);
    EXPECT_EQ(turned_away(kUsual + 7), 7U);
    hold_parts(0);
    EXPECT_EQ(turned_away(10), 0U);
}

TEST_F(PartGateTest, TurnsAwayPartsOnly) {
    hold_parts(2);
    turned_away(kUsual);
    const std::string part(kPart);
    using http::Method;
    for (const auto& [method, target] :
         {std::pair(Method::get, part), std::pair(Method::put, part + "/x"),
          std::pair(Method::put, std::string("/upload/1")),
          std::pair(Method::put, std::string("/files/1/part/1")),
          std::pair(Method::put, std::string("/upload/1/parts/1")),
          std::pair(Method::post, std::string("/upload/init"))}) {
        EXPECT_EQ(gate_.turn_away(head_of(method, target)), nullptr) << target;
    }
    EXPECT_NE(ask(), nullptr);
}

TEST_F(PartGateTest, SaysWhatTheUsualWaySays) {
    hold_parts(2);
    turned_away(kUsual);
    const auto* const answer = ask();
    ASSERT_NE(answer, nullptr);
    const std::string id = "0123456789abcdef";
    const auto usual = refusal_response(engine::busy_with_parts(), id);
    const auto text = answer->text(
        {.keep_alive = true, .request_id = id, .date = "Sun, 22 Nov 2026 19:16:00 GMT"});
    EXPECT_TRUE(text.starts_with("HTTP/1.1 503 "));
    EXPECT_TRUE(text.contains(
        "\r\nRetry-After: " + std::string(*usual.headers.find("Retry-After")) + "\r\n"));
    EXPECT_TRUE(text.ends_with("\r\n\r\n" + std::get<std::string>(usual.body))) << text;
}

TEST_F(PartGateTest, CountsWhatItTurnsAwayAndTellsTheLog) {
    hold_parts(2);
    turned_away(kUsual + 5);
    const std::string labels = "route=\"/upload/{id}/part/{number}\",method=\"PUT\"";
    EXPECT_EQ(value("slipway_requests_total{" + labels + ",code=\"5xx\"}"), 5);
    EXPECT_EQ(value("slipway_request_duration_seconds_count{" + labels + "}"), 5);
    EXPECT_EQ(value("slipway_rejections_total{reason=\"busy\"}"), 5);
    EXPECT_EQ(rig_.metrics.parts_rejected_busy.value(), 5U);
    telemetry::set_log_level(telemetry::Level::info);
    ::testing::internal::CaptureStderr();
    EXPECT_TRUE(gate_.closed());
    rig_.clock.advance(1s);
    hold_parts(0);
    EXPECT_FALSE(gate_.closed());
    EXPECT_FALSE(gate_.closed());
    const std::string log = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(log.find("\"requests_turned_away\""), log.rfind("\"requests_turned_away\"")) << log;
    EXPECT_TRUE(log.contains("\"rejected\":\"busy\",\"count\":5}")) << log;
}

TEST(PartGateOfRequests, IsClosedWhereRequestsHaveTakenTheShareOfParts) {
    testing::EngineRig rig;
    admin::Health health;
    const Route route{.method = http::Method::put,
                      .pattern = "/upload/{id}/part/{number}",
                      .access = Access::signed_url,
                      .urgency = Urgency::part,
                      .call = {}};
    RequestMetrics metrics(std::span(&route, 1), rig.clock, rig.registry);
    std::atomic<std::size_t> requests{6};
    PartGate gate({.world = rig.world,
                   .health = health,
                   .metrics = metrics,
                   .route = route,
                   .requests = requests,
                   .most_requests = 8});
    EXPECT_FALSE(gate.closed());
    requests = 7;
    EXPECT_TRUE(gate.closed());
    const http::ReadyAnswer* answer = nullptr;
    for (std::uint64_t i = 0; i <= PartGate::kUsualWayEachSecond; ++i) {
        answer = gate.turn_away(head_of(http::Method::put, kPart));
    }
    ASSERT_NE(answer, nullptr);
    EXPECT_TRUE(answer->text({.keep_alive = true, .request_id = "", .date = ""})
                    .contains("Server is busy"));
    EXPECT_EQ(rig.metrics.parts_rejected_busy.value(), 0U);
}

}  // namespace
}  // namespace slipway::api
