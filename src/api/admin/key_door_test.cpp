// The administrator's calls on API keys, through the service.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "api/service_fixture.hpp"

namespace slipway::api {
namespace {

using core::Scope;
using http::Method;

class KeyDoorTest : public ServiceFixture {
 protected:
    Answer post(const std::string& body) {
        return call(Method::post, "/admin/keys", "Bearer right", body);
    }
};

TEST_F(KeyDoorTest, AnIssuedKeyIsShownOnceAndWorks) {
    const auto issued = post(R"({"principal":"alice","scopes":["read"],"expires_in":60})");
    ASSERT_EQ(issued.status, 201U) << issued.body;
    EXPECT_EQ(issued.text("principal"), "alice");
    EXPECT_EQ(boost::json::serialize(issued.json().at("scopes")), R"(["read"])");
    EXPECT_EQ(issued.text("expires_at"),
              format_rfc3339(rig_.clock.wall() + std::chrono::seconds(60)));
    EXPECT_TRUE(issued.json().at("revoked_at").is_null());
    EXPECT_TRUE(issued.json().at("last_used_at").is_null());
    const std::string key = issued.text("key");
    EXPECT_TRUE(key.starts_with("slw_" + issued.text("key_id") + "_"));
    EXPECT_EQ(call(Method::get, "/files", "Bearer " + key).status, 200U);

    const auto listed = call(Method::get, "/admin/keys", "Bearer right");
    EXPECT_EQ(listed.status, 200U);
    EXPECT_NE(listed.body.find(issued.text("key_id")), std::string::npos);
    EXPECT_EQ(listed.body.find(key.substr(key.size() - 43)), std::string::npos);
    EXPECT_EQ(listed.body.find("digest"), std::string::npos);
}

TEST_F(KeyDoorTest, WhatIsNoKeyIsRefusedByItsMember) {
    const std::vector<std::pair<std::string, std::string>> faults = {
        {R"({"scopes":["read"]})", "principal"},
        {R"({"principal":"","scopes":["read"]})", "principal"},
        {R"({"principal":"a b","scopes":["read"]})", "principal"},
        {R"({"principal":"a"})", "scopes"},
        {R"({"principal":"a","scopes":[]})", "scopes"},
        {R"({"principal":"a","scopes":"read"})", "scopes"},
        {R"({"principal":"a","scopes":["write"]})", "scopes"},
        {R"({"principal":"a","scopes":["read","read"]})", "scopes"},
        {R"({"principal":"a","scopes":[7]})", "scopes"},
        {R"({"principal":"a","scopes":["read"],"expires_in":0})", "expires_in"},
        {R"({"principal":"a","scopes":["read"],"expires_in":316224001})", "expires_in"},
        {R"({"principal":"a","scopes":["read"],"more":1})", "more"},
    };
    for (const auto& [body, member] : faults) {
        const auto answer = post(body);
        EXPECT_EQ(answer.status, 400U) << body;
        EXPECT_EQ(answer.error(), "invalid_request") << body;
        EXPECT_EQ(answer.text("field"), member) << body;
    }
    EXPECT_EQ(post("[]").error(), "invalid_json");
    EXPECT_EQ(post(std::string(20'000, ' ')).status, 413U);
    EXPECT_TRUE(keys_.list({}).items.empty());
    EXPECT_EQ(post(R"({"principal":"a","scopes":["read"],"expires_in":316224000})").status, 201U);
}

TEST_F(KeyDoorTest, RevokingIsIdempotentAndWorksAtOnce) {
    const auto key = issue("alice", {Scope::read});
    const std::string target = "/admin/keys/" + key.key.id.to_string();
    EXPECT_EQ(call(Method::get, "/files", "Bearer " + key.text).status, 200U);
    for (int again = 0; again < 2; ++again) {
        const auto revoked = call(Method::delete_, target, "Bearer right");
        EXPECT_EQ(revoked.status, 204U);
        EXPECT_EQ(revoked.body, "");
        EXPECT_EQ(call(Method::get, "/files", "Bearer " + key.text).status, 401U);
    }
    for (const std::string& id : {std::string(32, 'a'), std::string("x")}) {
        const auto unknown = call(Method::delete_, "/admin/keys/" + id, "Bearer right");
        EXPECT_EQ(unknown.status, 404U);
        EXPECT_EQ(unknown.error(), "key_not_found");
    }
}

TEST_F(KeyDoorTest, ListsInPages) {
    for (int i = 0; i < 3; ++i) {
        issue("alice", {Scope::read});
    }
    const auto first = call(Method::get, "/admin/keys?limit=2", "Bearer right");
    EXPECT_EQ(first.json().at("keys").as_array().size(), 2U);
    const auto rest = call(Method::get, "/admin/keys?after=" + first.text("next"), "Bearer right");
    EXPECT_EQ(rest.json().at("keys").as_array().size(), 1U);
    EXPECT_TRUE(rest.json().at("next").is_null());
    for (const std::string query :
         {"after=x", "limit=0", "limit=1001", "more=1", "limit=1&limit=1"}) {
        EXPECT_EQ(call(Method::get, "/admin/keys?" + query, "Bearer right").status, 400U) << query;
    }
}

}  // namespace
}  // namespace slipway::api
