#include "cli/commands/json_calls.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/encoding.hpp"
#include "cli/console.hpp"
#include "cli/json.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

// False when nobody reads any more.
bool print_item(const json::value& item, const ListCall& list, OutputForm form) {
    if (!item.is_object()) {
        return true;
    }
    return print_line(form == OutputForm::json ? json::serialize(item)
                                               : list.describe(item.get_object()));
}

}  // namespace

Task<Outcome<json::object>> call_for_object(ApiClient& api, std::string what, http::Method method,
                                            std::string path, std::string body) {
    const auto answer =
        co_await api.call(std::move(what), method, std::move(path), std::move(body));
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (!answer->ok()) {
        co_return fail(*answer);
    }
    auto object = parse_object(answer->body);
    if (!object) {
        co_return fail(object.error());
    }
    co_return *std::move(object);
}

Task<Outcome<>> call_for_nothing(ApiClient& api, std::string what, http::Method method,
                                 std::string path) {
    const auto answer = co_await api.call(std::move(what), method, std::move(path));
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (!answer->ok()) {
        co_return fail(*answer);
    }
    co_return Outcome<>();
}

Outcome<> print_items(const json::object& answer, const ListCall& list, OutputForm form) {
    const auto items = read_array(answer, list.member);
    if (!items) {
        return fail(items.error());
    }
    for (const auto& item : *items) {
        if (!print_item(item, list, form)) {
            return fail(ExitCode::failed, {});
        }
    }
    return {};
}

Task<Outcome<>> print_pages(ApiClient& api, ListCall list, OutputForm form) {
    std::string after;
    do {
        const auto path = list.path + "?limit=1000" +
                          (after.empty() ? std::string() : "&after=" + encode_percent(after));
        const auto page = co_await call_for_object(api, list.what, http::Method::get, path);
        if (!page) {
            co_return std::unexpected(page.error());
        }
        if (auto printed = print_items(*page, list, form); !printed) {
            co_return printed;
        }
        const auto next = text_of(*page, "next");
        // A server that answers the same page for ever is not followed.
        after = next != after ? next : std::string();
    } while (!after.empty());
    co_return Outcome<>();
}

void print_object(const json::object& object, OutputForm form, std::string_view text) {
    print_line(form == OutputForm::json ? json::serialize(object) : std::string(text));
}

ExitCode exit_code_of(const Outcome<>& done) {
    if (done) {
        return ExitCode::ok;
    }
    if (!done.error().message.empty()) {
        print_error(done.error().message);
    }
    return done.error().exit;
}

}  // namespace slipway::cli
