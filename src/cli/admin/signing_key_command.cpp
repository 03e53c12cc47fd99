#include "cli/admin/signing_key_command.hpp"

#include "base/encoding.hpp"
#include "cli/json.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

const std::string kPath = "/admin/signing-keys";

std::string describe(const json::object& key) {
    const auto until = text_of(key, "verifies_until");
    return printable(text_of(key, "key_id")) + "  " + printable(text_of(key, "created_at")) + "  " +
           printable(text_of(key, "state")) + (until.empty() ? "" : " until " + printable(until));
}

}  // namespace

Task<Outcome<>> run_signing_key_list(OutputForm form, ApiClient& api) {
    const ListCall list{
        .what = "list signing keys", .path = kPath, .member = "keys", .describe = describe};
    const auto keys = co_await call_for_object(api, list.what, http::Method::get, list.path);
    co_return keys ? print_items(*keys, list, form) : std::unexpected(keys.error());
}

Task<Outcome<>> run_signing_key_rotate(OutputForm form, ApiClient& api) {
    const auto made =
        co_await call_for_object(api, "rotate the signing key", http::Method::post, kPath);
    if (!made) {
        co_return std::unexpected(made.error());
    }
    print_object(*made, form, describe(*made));
    co_return Outcome<>();
}

Task<Outcome<>> run_signing_key_revoke(std::string id, ApiClient& api) {
    const std::string path = kPath + "/" + encode_percent(id);
    co_return co_await call_for_nothing(api, "revoke " + id, http::Method::delete_, path);
}

}  // namespace slipway::cli
