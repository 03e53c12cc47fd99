#include "cli/commands/signing_key_command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.hpp"
#include "cli/console.hpp"
#include "cli/json.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

constexpr const char* kPath = "/admin/signing-keys";

void print_key(const json::object& key, OutputForm form) {
    if (form == OutputForm::json) {
        print_line(json::serialize(key));
        return;
    }
    const auto until = text_of(key, "verifies_until");
    print_line(printable(text_of(key, "key_id")) + "  " + printable(text_of(key, "created_at")) +
               "  " + printable(text_of(key, "state")) +
               (until.empty() ? "" : " until " + printable(until)));
}

Outcome<Answer> settled(Outcome<Answer> answer) {
    return answer && !answer->ok() ? Outcome<Answer>(fail(*answer)) : std::move(answer);
}

Outcome<> print_keys(const Answer& answer, OutputForm form) {
    const auto listed = parse_object(answer.body);
    const auto keys =
        listed ? read_array(*listed, "keys") : Result<json::array>(std::unexpected(listed.error()));
    if (!keys) {
        return fail(keys.error());
    }
    for (const auto& key : *keys) {
        if (key.is_object()) {
            print_key(key.get_object(), form);
        }
    }
    return {};
}

Outcome<> print_made(const Answer& answer, OutputForm form) {
    const auto made = parse_object(answer.body);
    if (!made) {
        return fail(made.error());
    }
    print_key(*made, form);
    return {};
}

Task<Outcome<>> run_action(std::string action, std::string key_id, OutputForm form,
                           ApiClient& api) {
    if ((action == "revoke") == key_id.empty()) {
        co_return fail(ExitCode::usage, "revoke takes the id of a key, and nothing else does");
    }
    const http::Method method = action == "list"     ? http::Method::get
                                : action == "rotate" ? http::Method::post
                                                     : http::Method::delete_;
    const std::string path =
        key_id.empty() ? std::string(kPath) : kPath + ("/" + encode_percent(key_id));
    auto answer = settled(co_await api.call("signing-key " + action, method, path));
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (action == "list") {
        co_return print_keys(*answer, form);
    }
    co_return action == "rotate" ? print_made(*answer, form) : Outcome<>();
}

}  // namespace

Task<ExitCode> run_signing_key(std::string action, std::string key_id, OutputForm form,
                               ApiClient& api) {
    const auto done = co_await run_action(std::move(action), std::move(key_id), form, api);
    if (!done) {
        print_error(done.error().message);
        co_return done.error().exit;
    }
    co_return ExitCode::ok;
}

}  // namespace slipway::cli
