// Walks every route of the service: without a proof, with a wrong one, with a key that may not,
// with another's id, and with the right one.
#include "api/service_fixture.hpp"

namespace slipway::api {
namespace {

using core::Scope;
using core::Scopes;

class ServiceTest : public ServiceFixture {
 protected:
    static std::string concrete(std::string pattern, const std::string& id = std::string(32, 'a')) {
        for (const auto& [name, value] : {std::pair<std::string, std::string>{"{id}", id},
                                          std::pair<std::string, std::string>{"{number}", "1"}}) {
            if (const auto at = pattern.find(name); at != std::string::npos) {
                pattern.replace(at, name.size(), value);
            }
        }
        return pattern;
    }

    static Scopes all_but(Scope scope) {
        Scopes scopes;
        for (const Scope other : core::kAllScopes) {
            if (other != scope) {
                scopes.add(other);
            }
        }
        return scopes;
    }
    // Every request is a trace of its own.
    static Fields lines_but_trace(const Answer& answer) {
        Fields lines = answer.headers.lines();
        std::erase_if(lines, [](const auto& line) { return line.first == "traceparent"; });
        return lines;
    }
    core::Upload upload_of_alice(bool complete) {
        const auto upload =
            rig_.create({.total_parts = 1, .part_size = 4096_B, .file_size = std::nullopt});
        EXPECT_TRUE(upload);
        if (complete) {
            EXPECT_TRUE(rig_.put(*upload, 1, "content"));
            EXPECT_TRUE(rig_.complete(upload->id));
        }
        return *upload;
    }
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
    EXPECT_EQ(open, 4U);
    EXPECT_EQ(service_.routes().size(), 36U);
}

TEST_F(ServiceTest, ARevokedOrExpiredKeyIsNoKey) {
    const auto revoked = issue("alice", Scopes::all());
    const auto expired = issue("alice", Scopes::all(), std::chrono::seconds(60));
    ASSERT_TRUE(rig_.run(keys_.revoke("test", revoked.key.id)));
    rig_.clock.advance(std::chrono::seconds(60));
    for (const Route& route : service_.routes()) {
        if (route.access != Access::api_key) {
            continue;
        }
        const std::string target = concrete(route.pattern);
        const auto unknown = call(route.method, target, "Bearer " + revoked.text + "x");
        for (const auto& key : {revoked.text, expired.text}) {
            const auto answer = call(route.method, target, "Bearer " + key);
            EXPECT_EQ(answer.status, 401U) << target;
            EXPECT_EQ(answer.body, unknown.body) << "it is not told that there was such a key";
            EXPECT_EQ(answer.reads, 0) << target;
        }
    }
}

TEST_F(ServiceTest, AKeyWithoutTheScopeIsForbidden) {
    for (const Route& route : service_.routes()) {
        EXPECT_EQ(route.scope.has_value(), route.access == Access::api_key);
        if (!route.scope) {
            continue;
        }
        const std::string target = concrete(route.pattern);
        for (const Scopes scopes : {all_but(*route.scope), Scopes()}) {
            const auto answer = call(route.method, target, bearer("alice", scopes));
            EXPECT_EQ(answer.status, 403U) << target;
            EXPECT_EQ(answer.error(), "forbidden") << target;
            EXPECT_EQ(answer.text("scope"), core::to_string(*route.scope)) << target;
            EXPECT_EQ(answer.reads, 0) << target;
        }
        const auto answer = call(route.method, target, bearer("alice", {*route.scope}));
        EXPECT_NE(answer.status, 401U) << target;
        EXPECT_NE(answer.status, 403U) << target;
    }
}

// Whoever may not see it cannot tell that it is there.
TEST_F(ServiceTest, AnothersIdIsAnsweredAsOneThatNobodyHas) {
    const std::string mallory = bearer("mallory", {Scope::upload, Scope::read, Scope::remove});
    std::size_t walked = 0;
    for (const bool complete : {false, true}) {
        const auto upload = upload_of_alice(complete);
        for (const Route& route : service_.routes()) {
            const std::string_view pattern = route.pattern;
            const bool by_query = pattern == "/upload/chunks";
            if (route.access != Access::api_key || route.scope == Scope::admin ||
                (!pattern.contains("{id}") && !by_query)) {
                continue;
            }
            ++walked;
            const auto target_of = [&](const std::string& id) {
                std::string target = concrete(std::string(pattern), id);
                target += by_query ? "?upload_id=" + id : "";
                return target + (pattern.ends_with("/part") ? "?part_number=1" : "");
            };
            const std::string foreign = target_of(upload.id.to_string());
            const auto own = call(route.method, target_of(std::string(32, 'b')), mallory);
            const auto answer = call(route.method, foreign, mallory);
            EXPECT_EQ(answer.status, 404U) << foreign;
            EXPECT_EQ(answer.status, own.status) << foreign;
            EXPECT_EQ(answer.body, own.body) << foreign;
            EXPECT_EQ(lines_but_trace(answer), lines_but_trace(own)) << foreign;
        }
        const auto status = rig_.status(upload.id);
        ASSERT_TRUE(status);
        EXPECT_EQ(status->state, complete ? core::UploadState::complete : core::UploadState::open);
        EXPECT_EQ(rig_.content(upload.id), complete ? "content" : "(not to be opened)");
    }
    EXPECT_EQ(walked, 2 * 9U);
}

TEST_F(ServiceTest, ListsAreTheCallersOwn) {
    upload_of_alice(false);
    upload_of_alice(true);
    for (const std::string target : {"/uploads", "/files"}) {
        EXPECT_NE(call(http::Method::get, target, bearer("alice", Scopes::all())).body.find("_id"),
                  std::string::npos);
        EXPECT_EQ(call(http::Method::get, target, bearer("bob", Scopes::all())).body.find("_id"),
                  std::string::npos);
    }
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

TEST_F(ServiceTest, EachSideServesItsOwnRoutesOnly) {
    for (const Route& route : service_.routes()) {
        const bool inner = route.access == Access::open || route.pattern.starts_with("/admin/");
        EXPECT_EQ(route.side == Side::inner, inner) << route.pattern;
        for (const Side side : {Side::outer, Side::inner}) {
            testing::RequestRig asked(route.method, concrete(route.pattern));
            asked.request.head.headers.add("Authorization", "Bearer right");
            const auto response = rig_.run(service_.handle(asked.request, side));
            const auto* body = std::get_if<std::string>(&response.body);
            const bool served = body == nullptr || !body->contains("No such resource");
            EXPECT_EQ(served, route.side == side) << route.pattern;
        }
    }
}

}  // namespace
}  // namespace slipway::api
