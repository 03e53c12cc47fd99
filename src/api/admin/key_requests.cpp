#include "api/admin/key_requests.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "api/quota_requests.hpp"

namespace slipway::api::admin {

namespace json = boost::json;

namespace {

core::Scopes read_scopes(JsonMembers& members) {
    core::Scopes scopes;
    const json::value* value = members.optional_value("scopes");
    const json::array* list = value == nullptr ? nullptr : value->if_array();
    if (list == nullptr || list->empty()) {
        members.fail("scopes", "must be a list of at least one scope");
        return scopes;
    }
    for (const json::value& entry : *list) {
        const json::string* text = entry.if_string();
        const auto scope = text == nullptr ? std::nullopt : core::parse_scope(*text);
        if (!scope || scopes.contains(*scope)) {
            members.fail("scopes", "must be upload, read, delete or admin, each once");
            return scopes;
        }
        scopes.add(*scope);
    }
    return scopes;
}

std::optional<core::Quota> read_own_quota(JsonMembers& members) {
    const json::value* value = members.optional_value("quota");
    if (value == nullptr) {
        return std::nullopt;
    }
    const json::object* object = value->if_object();
    if (object == nullptr) {
        members.fail("quota", "must be an object");
        return std::nullopt;
    }
    JsonMembers quota_members(*object);
    const core::Quota quota = read_quota(quota_members);
    if (const auto finished = quota_members.finish(); !finished) {
        members.fail("quota." + finished.error().member, finished.error().reason);
    }
    return quota;
}

}  // namespace

std::expected<NewKeyRequest, MemberFault> parse_new_key(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) {
        return std::unexpected(MemberFault{});
    }
    JsonMembers members(*object);
    NewKeyRequest request;
    engine::NewKey& wanted = request.key;
    wanted.principal = members.required_text("principal", {1, core::kMaxPrincipalName});
    if (!wanted.principal.empty() && !core::is_principal_name(wanted.principal)) {
        members.fail("principal",
                     "must be of A-Z a-z 0-9 . _ @ + - and begin with one of the first"
                     " three kinds");
    }
    wanted.scopes = read_scopes(members);
    const NumberLimits life{1, static_cast<std::uint64_t>(kMaxKeyLife.count())};
    if (const auto seconds = members.optional_number("expires_in", life)) {
        wanted.expires_in = std::chrono::seconds(*seconds);
    }
    request.quota = read_own_quota(members);
    if (const auto finished = members.finish(); !finished) {
        return std::unexpected(finished.error());
    }
    return request;
}

}  // namespace slipway::api::admin
