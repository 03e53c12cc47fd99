#include "cli/admin/dead_letter_command.hpp"

#include "base/ids.hpp"
#include "cli/console.hpp"
#include "cli/json.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

const std::string kPath = "/admin/dead-letters";

std::string describe(const json::object& letter) {
    const auto endpoint = text_of(letter, "endpoint");
    return printable(text_of(letter, "id")) + "  " + printable(text_of(letter, "dead_since")) +
           "  " + printable(text_of(letter, "kind")) + "  " +
           printable(text_of(letter, "subject")) +
           (endpoint.empty() ? "" : "  " + printable(endpoint)) + "  " +
           printable(text_of(letter, "last_error"));
}

Task<Outcome<>> retry(std::vector<std::string> paths, ApiClient& api) {
    std::uint64_t retried = 0;
    for (const auto& path : paths) {
        const auto answer =
            co_await call_for_object(api, "retry dead letters", http::Method::post, path);
        if (!answer) {
            co_return std::unexpected(answer.error());
        }
        retried += number_of(*answer, "retried").value_or(0);
    }
    print_line(std::to_string(retried) + " tried again");
    co_return Outcome<>();
}

}  // namespace

Task<Outcome<>> run_dead_letter_list(OutputForm form, ApiClient& api) {
    ListCall list{
        .what = "list dead letters", .path = kPath, .member = "dead_letters", .describe = describe};
    co_return co_await print_pages(api, std::move(list), form);
}

Task<Outcome<>> run_dead_letter_retry(std::vector<std::string> ids, ApiClient& api) {
    std::vector<std::string> paths;
    for (const auto& id : ids) {
        if (!TaskId::parse(id)) {
            co_return fail(ExitCode::usage, "not an id: " + id);
        }
        paths.push_back(kPath + "/" + id + "/retry");
    }
    if (ids.empty()) {
        paths.push_back(kPath + "/retry");
    }
    co_return co_await retry(std::move(paths), api);
}

}  // namespace slipway::cli
