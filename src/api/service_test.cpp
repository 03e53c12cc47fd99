// Walks every route of the service without a proof, with a wrong one and with a right one.
#include "api/service.hpp"

#include <gtest/gtest.h>

#include "hash/digester.hpp"
#include "support/engine_rig.hpp"

namespace slipway::api {
namespace {

using testing::EngineRig;

// A body of no bytes that counts how often it is read.
class CountedBody final : public http::RequestBody {
 public:
    std::optional<ByteCount> length() const override { return 0_B; }
    Task<Result<http::BodyChunk>> next() override {
        ++reads;
        co_return http::BodyChunk();
    }
    Task<Result<std::string>> read_all(ByteCount) override {
        ++reads;
        co_return std::string();
    }
    std::function<void()> interrupter() override {
        return [] {};
    }
    int reads = 0;
};

class ServiceTest : public ::testing::Test {
 protected:
    struct Answer {
        unsigned status;
        std::string body;
        int reads;
    };

    Answer call(http::Method method, const std::string& target,
                const std::optional<std::string>& authorization = {}) {
        http::RequestHead head;
        head.method = method;
        head.target = *http::parse_target(target);
        head.host = "h";
        if (authorization) {
            head.headers.add("Authorization", *authorization);
        }
        CountedBody body;
        http::Request request{std::move(head), body, "id", "peer"};
        const auto response = rig_.run(service_.handle(request));
        const auto* text = std::get_if<std::string>(&response.body);
        return {response.status, text == nullptr ? "" : *text, body.reads};
    }

    static std::string concrete(std::string pattern) {
        for (const auto& [name, value] :
             {std::pair<std::string, std::string>{"{id}", std::string(32, 'a')},
              std::pair<std::string, std::string>{"{number}", "1"}}) {
            if (const auto at = pattern.find(name); at != std::string::npos) {
                pattern.replace(at, name.size(), value);
            }
        }
        return pattern;
    }

    EngineRig rig_;
    engine::ApiKeys keys_{hash::sha256(std::as_bytes(std::span(std::string_view("right"))))};
    PartUrls urls_{rig_.signer, {}};
    admin::Health health_;
    Service service_{rig_.world, keys_, urls_, health_, rig_.registry};
};

TEST_F(ServiceTest, NoRouteIsReachedWithoutItsProof) {
    std::size_t open = 0;
    for (const RouteAccess& route : service_.routes()) {
        const std::string target = concrete(route.route.pattern);
        if (route.access == Access::open) {
            ++open;
            EXPECT_EQ(call(route.route.method, target).status, 200U) << target;
            continue;
        }
        const unsigned refused = route.access == Access::api_key ? 401 : 403;
        for (const std::optional<std::string>& proof :
             {std::optional<std::string>(), std::optional<std::string>("Bearer wrong"),
              std::optional<std::string>("Bearer "), std::optional<std::string>("Bearer"),
              std::optional<std::string>("right"), std::optional<std::string>("Basic right"),
              std::optional<std::string>("Bearer right ")}) {
            const auto answer = call(route.route.method, target, proof);
            EXPECT_EQ(answer.status, refused) << target << " " << proof.value_or("(none)");
            EXPECT_EQ(answer.reads, 0) << target;
        }
    }
    EXPECT_EQ(open, 3U);
    EXPECT_EQ(service_.routes().size(), 15U);
}

TEST_F(ServiceTest, TheRightKeyOpensTheKeyedRoutesAndNoSignedOne) {
    for (const RouteAccess& route : service_.routes()) {
        const auto answer = call(route.route.method, concrete(route.route.pattern), "Bearer right");
        if (route.access == Access::api_key) {
            EXPECT_NE(answer.status, 401U) << route.route.pattern;
        } else if (route.access == Access::signed_url) {
            EXPECT_EQ(answer.status, 403U);
        }
    }
}

TEST_F(ServiceTest, OtherPathsAndMethodsAreToldApart) {
    EXPECT_EQ(call(http::Method::get, "/nothing", "Bearer right").status, 404U);
    EXPECT_EQ(call(http::Method::delete_, "/uploads", "Bearer right").status, 405U);
    EXPECT_EQ(call(http::Method::get, "/upload/xyz", "Bearer right").status, 404U);
    EXPECT_EQ(call(http::Method::get, "/upload/xyz").status, 401U);
    EXPECT_EQ(call(http::Method::head, "/livez").status, 200U);
    EXPECT_EQ(call(http::Method::head, "/livez").body, "");
}

TEST_F(ServiceTest, ADrainingServerTakesNothingNewAndSaysSo) {
    health_.set_draining();
    EXPECT_EQ(call(http::Method::post, "/upload/init", "Bearer right").status, 503U);
    EXPECT_EQ(call(http::Method::get, "/readyz").status, 503U);
    EXPECT_NE(call(http::Method::get, "/readyz").body.find("draining"), std::string::npos);
    EXPECT_EQ(call(http::Method::get, "/livez").status, 200U);
    EXPECT_EQ(call(http::Method::get, "/files", "Bearer right").status, 200U);
}

}  // namespace
}  // namespace slipway::api
