// Walks every route of the service without a proof, with a wrong one and with a right one.
#include "api/service.hpp"

#include <gtest/gtest.h>

#include "hash/digester.hpp"
#include "support/engine_rig.hpp"
#include "support/request_rig.hpp"

namespace slipway::api {
namespace {

using testing::EngineRig;

class ServiceTest : public ::testing::Test {
 protected:
    struct Answer {
        unsigned status;
        std::string body;
        int reads;
    };

    Answer call(http::Method method, const std::string& target,
                const std::optional<std::string>& authorization = {}) {
        testing::RequestRig asked(method, target);
        if (authorization) {
            asked.request.head.headers.add("Authorization", *authorization);
        }
        const auto response = rig_.run(service_.handle(asked.request));
        const auto* text = std::get_if<std::string>(&response.body);
        return {response.status, text == nullptr ? "" : *text, asked.body.reads};
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
    for (const Route& route : service_.routes()) {
        const std::string target = concrete(route.pattern);
        if (route.access == Access::open) {
            ++open;
            EXPECT_EQ(call(route.method, target).status, 200U) << target;
            continue;
        }
        const unsigned refused = route.access == Access::api_key ? 401 : 403;
        for (const std::optional<std::string>& proof :
             {std::optional<std::string>(), std::optional<std::string>("Bearer wrong"),
              std::optional<std::string>("Bearer "), std::optional<std::string>("Bearer"),
              std::optional<std::string>("right"), std::optional<std::string>("Basic right"),
              std::optional<std::string>("Bearer right ")}) {
            const auto answer = call(route.method, target, proof);
            EXPECT_EQ(answer.status, refused) << target << " " << proof.value_or("(none)");
            EXPECT_EQ(answer.reads, 0) << target;
        }
    }
    EXPECT_EQ(open, 3U);
    EXPECT_EQ(service_.routes().size(), 15U);
}

TEST_F(ServiceTest, TheRightKeyOpensTheKeyedRoutesAndNoSignedOne) {
    for (const Route& route : service_.routes()) {
        const auto answer = call(route.method, concrete(route.pattern), "Bearer right");
        if (route.access == Access::api_key) {
            EXPECT_NE(answer.status, 401U) << route.pattern;
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
