#include "cli/commands/dead_letter_command.hpp"

#include <boost/json/serialize.hpp>

#include "base/ids.hpp"
#include "cli/console.hpp"
#include "cli/json.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

constexpr std::string_view kPath = "/admin/dead-letters";

std::string format_letter(const json::object& letter) {
    const auto endpoint = text_of(letter, "endpoint");
    return printable(text_of(letter, "id")) + "  " + printable(text_of(letter, "dead_since")) +
           "  " + printable(text_of(letter, "kind")) + "  " +
           printable(text_of(letter, "subject")) +
           (endpoint.empty() ? "" : "  " + printable(endpoint)) + "  " +
           printable(text_of(letter, "last_error"));
}

Outcome<json::object> read_answer(const Outcome<Answer>& answer) {
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (!answer->ok()) {
        return fail(*answer);
    }
    auto object = parse_object(answer->body);
    return object ? Outcome<json::object>(*std::move(object)) : fail(object.error());
}

bool print_letter(const json::value& letter, OutputForm form) {
    if (!letter.is_object()) {
        return true;
    }
    return print_line(form == OutputForm::json ? json::serialize(letter)
                                               : format_letter(letter.get_object()));
}

ExitCode report(const Failure& failed) {
    print_error(failed.message);
    return failed.exit;
}

}  // namespace

Task<ExitCode> run_dead_letter_list(OutputForm form, ApiClient& api) {
    std::string after;
    do {
        const auto path =
            std::string(kPath) + "?limit=1000" + (after.empty() ? "" : "&after=" + after);
        const auto page =
            read_answer(co_await api.call("list dead letters", http::Method::get, path));
        const auto letters = page ? read_array(*page, "dead_letters") : Result<json::array>();
        if (!page || !letters) {
            co_return report(page ? failure_of(letters.error()) : page.error());
        }
        for (const auto& letter : *letters) {
            if (!print_letter(letter, form)) {
                co_return ExitCode::failed;
            }
        }
        const auto next = text_of(*page, "next");
        // A server that answers the same page for ever is not followed.
        after = next != after ? next : std::string();
    } while (!after.empty());
    co_return ExitCode::ok;
}

Task<ExitCode> run_dead_letter_retry(std::vector<std::string> ids, ApiClient& api) {
    std::vector<std::string> paths;
    for (const auto& id : ids) {
        if (!TaskId::parse(id)) {
            co_return report({ExitCode::usage, "not an id: " + id, {}});
        }
        paths.push_back(std::string(kPath) + "/" + id + "/retry");
    }
    if (ids.empty()) {
        paths.push_back(std::string(kPath) + "/retry");
    }
    std::uint64_t retried = 0;
    for (const auto& path : paths) {
        const auto answer =
            read_answer(co_await api.call("retry dead letters", http::Method::post, path));
        if (!answer) {
            co_return report(answer.error());
        }
        retried += number_of(*answer, "retried").value_or(0);
    }
    print_line(std::to_string(retried) + " tried again");
    co_return ExitCode::ok;
}

}  // namespace slipway::cli
