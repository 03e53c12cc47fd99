#include "cli/admin/api_key_command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/encoding.hpp"
#include "cli/json.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

const std::string kPath = "/admin/keys";

std::string scopes_of(const json::object& key) {
    std::string joined;
    const auto scopes = read_array(key, "scopes");
    for (const auto& scope : scopes.value_or(json::array())) {
        const auto* text = scope.if_string();
        joined += (joined.empty() ? "" : ",") + (text ? std::string(*text) : std::string());
    }
    return joined;
}

std::string describe(const json::object& key) {
    const auto revoked = text_of(key, "revoked_at");
    const auto expires = text_of(key, "expires_at");
    const auto used = text_of(key, "last_used_at");
    return printable(text_of(key, "key_id")) + "  " + printable(text_of(key, "principal")) + "  " +
           printable(scopes_of(key)) + "  created " + printable(text_of(key, "created_at")) +
           (used.empty() ? "" : "  used " + printable(used)) +
           (expires.empty() ? "" : "  expires " + printable(expires)) +
           (revoked.empty() ? "" : "  revoked " + printable(revoked));
}

std::string body_of(const NewApiKey& wanted) {
    json::array scopes;
    for (const auto& scope : wanted.scopes) {
        scopes.emplace_back(scope);
    }
    json::object body{{"principal", wanted.principal}, {"scopes", std::move(scopes)}};
    if (wanted.expires_in) {
        body["expires_in"] = wanted.expires_in->count();
    }
    return json::serialize(body);
}

}  // namespace

Task<Outcome<>> run_key_create(NewApiKey wanted, OutputForm form, ApiClient& api) {
    const auto made =
        co_await call_for_object(api, "create a key", http::Method::post, kPath, body_of(wanted));
    if (!made) {
        co_return std::unexpected(made.error());
    }
    print_object(*made, form, printable(text_of(*made, "key")));
    co_return Outcome<>();
}

Task<Outcome<>> run_key_list(OutputForm form, ApiClient& api) {
    ListCall list{.what = "list keys", .path = kPath, .member = "keys", .describe = describe};
    co_return co_await print_pages(api, std::move(list), form);
}

Task<Outcome<>> run_key_revoke(std::vector<std::string> ids, ApiClient& api) {
    for (const auto& id : ids) {
        const std::string path = kPath + "/" + encode_percent(id);
        const auto revoked =
            co_await call_for_nothing(api, "revoke " + id, http::Method::delete_, path);
        if (!revoked) {
            co_return revoked;
        }
    }
    co_return Outcome<>();
}

}  // namespace slipway::cli
