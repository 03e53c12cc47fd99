#include "api/admin/key_requests.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

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

}  // namespace

std::expected<engine::NewKey, MemberFault> parse_new_key(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) {
        return std::unexpected(MemberFault{});
    }
    JsonMembers members(*object);
    engine::NewKey wanted;
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
    if (const auto finished = members.finish(); !finished) {
        return std::unexpected(finished.error());
    }
    return wanted;
}

}  // namespace slipway::api::admin
