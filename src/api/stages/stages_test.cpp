// The stages one by one, around an endpoint that a test decides.
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/seeded_random.hpp"
#include "api/problem.hpp"
#include "api/stages/load_stage.hpp"
#include "api/stages/panic_barrier.hpp"
#include "api/stages/peer_stage.hpp"
#include "api/stages/request_metrics.hpp"
#include "api/stages/trace_stage.hpp"
#include "runtime/run_blocking.hpp"
#include "support/request_rig.hpp"
#include "telemetry/log.hpp"

namespace slipway::api {
namespace {

using testing::RequestRig;

constexpr std::string_view kTrace = "0af7651916cd43dd8448eb211c80319c";
constexpr std::string_view kParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

Task<http::Response> answer_trace(Exchange& exchange) {
    const auto& trace = exchange.request.request_id.trace;
    http::Response response;
    response.body = telemetry::format_traceparent(trace) + " " + trace.state;
    co_return response;
}

Task<http::Response> fail(Exchange&) {
    throw std::runtime_error("a bug");
    co_return http::Response{};
}

class TraceStageTest : public ::testing::Test {
 protected:
    http::Response ask(std::vector<std::pair<std::string, std::string>> fields) {
        RequestRig request;
        for (const auto& [name, value] : fields) {
            request.request.head.headers.add(name, value);
        }
        Exchange exchange{request.request};
        return runtime::run_blocking(chain_.run(exchange));
    }
    static std::string body_of(const http::Response& response) {
        return std::get<std::string>(response.body);
    }
    static Stages stages(ports::Random& random) {
        Stages made;
        made.push_back(std::make_unique<TraceStage>(random));
        return made;
    }

    adapters::memory::SeededRandom random_{1};
    Chain chain_{stages(random_), answer_trace};
};

TEST_F(TraceStageTest, GoesOnWithTheClientsTraceAsANewSpan) {
    const auto response = ask({{"traceparent", std::string(kParent)}, {"tracestate", "a=1,b=2"}});
    const std::string body = body_of(response);
    EXPECT_EQ(body.substr(3, 32), kTrace);
    EXPECT_NE(body.substr(36, 16), kParent.substr(36, 16));
    EXPECT_EQ(body.substr(52), "-01 a=1,b=2");
    EXPECT_EQ(response.headers.find("traceparent"), body.substr(0, 55));
}

TEST_F(TraceStageTest, BeginsOneWhereThereIsNoneThatParses) {
    using Fields = std::vector<std::pair<std::string, std::string>>;
    for (const auto& fields :
         {Fields{}, Fields{{"traceparent", "nonsense"}, {"tracestate", "a=1"}},
          Fields{{"traceparent", std::string(kParent)}, {"traceparent", std::string(kParent)}}}) {
        const std::string body = body_of(ask(fields));
        EXPECT_NE(body.substr(3, 32), kTrace);
        EXPECT_TRUE(telemetry::parse_traceparent(body.substr(0, 55))) << body;
        EXPECT_EQ(body.substr(52), "-00 ");
    }
    EXPECT_NE(body_of(ask({})), body_of(ask({})));
}

TEST_F(TraceStageTest, JoinsStatesAndDropsThemWhereTheyAreBroken) {
    const std::string parent(kParent);
    EXPECT_TRUE(
        body_of(ask({{"traceparent", parent}, {"tracestate", "a=1"}, {"tracestate", "b=2"}}))
            .ends_with(" a=1,b=2"));
    const std::string broken =
        body_of(ask({{"traceparent", parent}, {"tracestate", "a=1"}, {"tracestate", "a=2"}}));
    EXPECT_TRUE(broken.ends_with("-01 "));
    EXPECT_EQ(broken.substr(3, 32), kTrace);
}

Task<http::Response> answer_peer(Exchange& exchange) {
    http::Response response;
    response.body = exchange.request.peer;
    co_return response;
}

std::string peer_behind(std::string peer, const std::vector<std::string>& forwarded) {
    Stages stages;
    stages.push_back(
        std::make_unique<PeerStage>(std::vector<std::string>{"192.0.2.1", "192.0.2.2"}));
    const Chain chain(std::move(stages), answer_peer);
    RequestRig request;
    request.request.peer = std::move(peer);
    for (const auto& value : forwarded) {
        request.request.head.headers.add("x-forwarded-for", value);
    }
    Exchange exchange{request.request};
    return std::get<std::string>(runtime::run_blocking(chain.run(exchange)).body);
}

TEST(PeerStage, BelievesTheWordOfATrustedProxyOnly) {
    EXPECT_EQ(peer_behind("192.0.2.1", {"198.51.100.1"}), "198.51.100.1");
    EXPECT_EQ(peer_behind("192.0.2.9", {"198.51.100.1"}), "192.0.2.9");
    EXPECT_EQ(peer_behind("192.0.2.1", {}), "192.0.2.1");
}

TEST(PeerStage, TakesTheLastWhoIsNoProxy) {
    EXPECT_EQ(peer_behind("192.0.2.1", {"203.0.113.7, 198.51.100.1, 192.0.2.2"}), "198.51.100.1");
    EXPECT_EQ(peer_behind("192.0.2.1", {"203.0.113.7", "198.51.100.1,192.0.2.2"}), "198.51.100.1");
    EXPECT_EQ(peer_behind("192.0.2.1", {"192.0.2.2"}), "192.0.2.2");
}

TEST(PeerStage, StopsAtWhatIsNoAddress) {
    EXPECT_EQ(peer_behind("192.0.2.1", {"198.51.100.1, unknown"}), "192.0.2.1");
    EXPECT_EQ(peer_behind("192.0.2.1", {"evil, 192.0.2.2"}), "192.0.2.2");
    EXPECT_EQ(peer_behind("192.0.2.1", {""}), "192.0.2.1");
}

Task<http::Response> answer_nothing(Exchange&) {
    co_return http::Response{};
}

unsigned status_with(Urgency urgency, std::size_t in_flight) {
    std::atomic<std::size_t> count{in_flight};
    Stages stages;
    stages.push_back(std::make_unique<LoadStage>(8, count));
    const Chain chain(std::move(stages), answer_nothing);
    RequestRig request;
    const Route route{http::Method::get, "/", Access::open, urgency, answer_nothing};
    Exchange exchange{.request = request.request, .route = &route};
    const auto response = runtime::run_blocking(chain.run(exchange));
    EXPECT_EQ(count.load(), in_flight) << "a place is given back";
    EXPECT_EQ(response.headers.find("Retry-After").has_value(), response.status == 503);
    EXPECT_EQ(exchange.rejection, response.status == 503 ? "busy" : "");
    return response.status;
}

TEST(LoadStage, TurnsAwayByUrgency) {
    const std::vector<std::pair<Urgency, std::size_t>> most = {
        {Urgency::creation, 6}, {Urgency::part, 7}, {Urgency::ordinary, 7}, {Urgency::ending, 8}};
    for (const auto& [urgency, places] : most) {
        EXPECT_EQ(status_with(urgency, places - 1), 200U);
        EXPECT_EQ(status_with(urgency, places), 503U);
    }
    EXPECT_EQ(status_with(Urgency::vital, 1000), 200U);
}

Task<http::Response> told(unsigned status, std::string body) {
    http::Response response;
    response.status = status;
    response.body = std::move(body);
    co_return response;
}

// What one answer adds to slipway_rejections_total, as its reasons in a row.
std::string reasons_of(const http::Response& answer) {
    telemetry::Metrics metrics;
    const adapters::memory::ManualClock clock;
    Stages stages;
    stages.push_back(std::make_unique<RequestMetrics>(std::span<const Route>(), clock, metrics));
    const Chain chain(std::move(stages), [&answer](Exchange&) {
        return told(answer.status, std::get<std::string>(answer.body));
    });
    RequestRig request;
    Exchange exchange{request.request};
    (void)runtime::run_blocking(chain.run(exchange));
    std::string found;
    for (const std::string_view reason :
         {"rate_limited", "draining", "timeout", "too_large", "quota", "busy", "no_room"}) {
        const auto series = "slipway_rejections_total{reason=\"" + std::string(reason) + "\"} 1\n";
        found += metrics.expose().contains(series) ? std::string(reason) + " " : "";
    }
    return found;
}

TEST(RequestMetrics, CountsEachRefusalOfALimitByItsReason) {
    using engine::Reason;
    const std::vector<std::pair<Reason, std::string>> reasons = {
        {Reason::request_timeout, "timeout "},
        {Reason::body_too_large, "too_large "},
        {Reason::quota_exceeded, "quota "},
        {Reason::busy, "busy "},
        {Reason::insufficient_storage, "no_room "},
        // Of the same status, and no limit.
        {Reason::url_revoked, ""},
        {Reason::verifying, ""}};
    for (const auto& [reason, found] : reasons) {
        EXPECT_EQ(reasons_of(refusal_response({reason, "\"error\":\"quota_exceeded\""}, {})),
                  found);
    }
    http::Response unready;
    unready.status = 503;
    unready.body = R"({"status":"unavailable","reasons":["draining"]})";
    EXPECT_EQ(reasons_of(unready), "");
}

TEST(PanicBarrier, AnswersAnExceptionAndClosesTheConnection) {
    telemetry::set_log_level(telemetry::Level::off);
    Stages stages;
    stages.push_back(std::make_unique<PanicBarrier>());
    const Chain chain(std::move(stages), fail);
    RequestRig request;
    Exchange exchange{request.request};
    const auto response = runtime::run_blocking(chain.run(exchange));
    EXPECT_EQ(response.status, 500U);
    EXPECT_EQ(response.headers.find("Connection"), "close");
    EXPECT_NE(std::get<std::string>(response.body).find("\"internal\""), std::string::npos);
    EXPECT_EQ(std::get<std::string>(response.body).find("a bug"), std::string::npos);
}

}  // namespace
}  // namespace slipway::api
