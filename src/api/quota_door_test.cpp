// Usage, quotas and Idempotency-Key, through the service.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "api/service_fixture.hpp"

namespace slipway::api {
namespace {

using core::Scope;
using core::Scopes;
using http::Method;

const std::string kUnlimited = R"({"bytes":null,"files":null,"open_uploads":null})";

class QuotaDoorTest : public ServiceFixture {
 protected:
    Answer init(const std::string& key, const std::string& name = "f", const Fields& fields = {}) {
        return call(Method::post, "/upload/init", key,
                    R"({"file_name":")" + name + R"(","total_parts":2,"chunk_size":4096})", fields);
    }
    Answer put_quota(const std::string& body, const std::string& principal = "alice") {
        return call(Method::put, "/admin/quotas/" + principal, "Bearer right", body);
    }
    std::string member(const Answer& answer, const char* name) {
        return boost::json::serialize(answer.json().at(name));
    }
    const std::string alice_ = bearer("alice", Scopes::all());
};

TEST_F(QuotaDoorTest, EverybodySeesTheirOwnUsage) {
    auto usage = call(Method::get, "/usage", alice_);
    EXPECT_EQ(usage.text("principal"), "alice");
    EXPECT_EQ(member(usage, "usage"), R"({"bytes":0,"files":0,"open_uploads":0})");
    EXPECT_EQ(member(usage, "quota"), kUnlimited);
    EXPECT_EQ(member(usage, "standard"), "true");
    ASSERT_EQ(init(alice_).status, 200U);
    usage = call(Method::get, "/usage", alice_);
    EXPECT_EQ(member(usage, "usage"), R"({"bytes":8192,"files":1,"open_uploads":1})");
    usage = call(Method::get, "/usage", bearer("bob", {Scope::upload}));
    EXPECT_EQ(usage.text("principal"), "bob");
    EXPECT_EQ(member(usage, "usage"), R"({"bytes":0,"files":0,"open_uploads":0})");
}

TEST_F(QuotaDoorTest, AQuotaIsSetShownAndTakenBack) {
    const auto set = put_quota(R"({"bytes":9000,"files":null})");
    EXPECT_EQ(set.status, 200U);
    EXPECT_EQ(member(set, "quota"), R"({"bytes":9000,"files":null,"open_uploads":null})");
    EXPECT_EQ(member(set, "standard"), "false");
    EXPECT_EQ(call(Method::get, "/admin/quotas/alice", "Bearer right").body, set.body);
    EXPECT_EQ(call(Method::get, "/usage", alice_).body, set.body);
    EXPECT_EQ(init(alice_).status, 200U);
    const auto refused = init(alice_);
    EXPECT_EQ(refused.status, 403U);
    EXPECT_EQ(refused.error(), "quota_exceeded");
    EXPECT_EQ(refused.text("quota"), "bytes");
    EXPECT_EQ(member(refused, "limit"), "9000");
    EXPECT_EQ(member(refused, "used"), "8192");
    for (int again = 0; again < 2; ++again) {
        EXPECT_EQ(call(Method::delete_, "/admin/quotas/alice", "Bearer right").status, 204U);
    }
    EXPECT_EQ(init(alice_).status, 200U);
}

TEST_F(QuotaDoorTest, WhatIsNoQuotaIsRefused) {
    for (const std::string body : {R"({"bytes":-1})", R"({"bytes":"1"})", R"({"bytes":1.5})",
                                   R"({"bytes":9007199254740993})", R"({"more":1})"}) {
        EXPECT_EQ(put_quota(body).error(), "invalid_request") << body;
    }
    EXPECT_EQ(put_quota("").error(), "invalid_json");
    EXPECT_EQ(put_quota("{}", "-a").text("field"), "principal");
    EXPECT_EQ(put_quota("{}", "a%20b").status, 400U);
    EXPECT_EQ(member(put_quota(R"({"files":0})"), "quota"),
              R"({"bytes":null,"files":0,"open_uploads":null})");
    EXPECT_EQ(init(alice_).text("quota"), "files");
}

TEST_F(QuotaDoorTest, AKeyCanBringItsPrincipalsQuota) {
    const auto issued =
        call(Method::post, "/admin/keys", "Bearer right",
             R"({"principal":"carol","scopes":["upload"],"quota":{"open_uploads":1}})");
    ASSERT_EQ(issued.status, 201U) << issued.body;
    const std::string key = "Bearer " + issued.text("key");
    EXPECT_EQ(init(key).status, 200U);
    EXPECT_EQ(init(key).text("quota"), "open_uploads");
    const auto faulty = call(Method::post, "/admin/keys", "Bearer right",
                             R"({"principal":"dave","scopes":["upload"],"quota":{"bytes":"x"}})");
    EXPECT_EQ(faulty.text("field"), "quota.bytes");
}

TEST_F(QuotaDoorTest, ARepeatedInitIsAnsweredWithItsUpload) {
    const auto first = init(alice_, "f", {{"Idempotency-Key", R"("abc")"}});
    ASSERT_EQ(first.status, 200U) << first.body;
    const auto again = init(alice_, "f", {{"Idempotency-Key", "abc"}});
    EXPECT_EQ(again.status, 200U);
    EXPECT_EQ(again.text("upload_id"), first.text("upload_id"));
    EXPECT_EQ(again.json().at("part_urls").as_array().size(), 2U);
    EXPECT_EQ(call(Method::get, "/usage", alice_).json().at("usage").at("files"), 1);

    const auto other = init(alice_, "g", {{"Idempotency-Key", "abc"}});
    EXPECT_EQ(other.status, 422U);
    EXPECT_EQ(other.error(), "idempotency_key_reused");
    EXPECT_NE(init(alice_, "f", {{"Idempotency-Key", "abd"}}).text("upload_id"),
              first.text("upload_id"));
    EXPECT_NE(
        init(bearer("bob", {Scope::upload}), "g", {{"Idempotency-Key", "abc"}}).text("upload_id"),
        "");

    call(Method::delete_, "/upload/" + first.text("upload_id"), alice_);
    const auto ended = init(alice_, "f", {{"Idempotency-Key", "abc"}});
    EXPECT_EQ(ended.status, 200U);
    EXPECT_EQ(ended.text("state"), "aborted");
    EXPECT_TRUE(ended.json().at("part_urls").as_array().empty());
}

TEST_F(QuotaDoorTest, AMalformedIdempotencyKeyIsRefused) {
    for (const std::string field : {"", R"("a)", "a b"}) {
        const auto answer = init(alice_, "f", {{"Idempotency-Key", field}});
        EXPECT_EQ(answer.status, 400U) << field;
        EXPECT_EQ(answer.text("field"), "Idempotency-Key") << field;
    }
    EXPECT_EQ(init(alice_, "f", {{"Idempotency-Key", "a"}, {"Idempotency-Key", "a"}}).status, 400U);
}

}  // namespace
}  // namespace slipway::api
