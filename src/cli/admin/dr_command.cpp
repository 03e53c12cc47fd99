#include "cli/admin/dr_command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>

#include "cli/json.hpp"
#include "cli/text.hpp"
#include "runtime/sleep.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

const std::string kPath = "/admin/dr";
constexpr std::chrono::milliseconds kPoll{500};

json::object object_in(const json::object& answer, std::string_view name) {
    const auto* member = answer.if_contains(name);
    return member != nullptr && member->is_object() ? member->get_object() : json::object();
}

std::string count_of(const json::object& answer, std::string_view name) {
    return std::to_string(number_of(answer, name).value_or(0));
}

std::string describe_walk(const json::object& status, std::string_view name) {
    const json::object walk = object_in(status, name);
    if (walk.empty()) {
        return {};
    }
    std::string text = std::string("\n") + (name == "verify" ? "verify: " : "fail-over: ") +
                       printable(text_of(walk, "status"));
    if (number_of(walk, "seen")) {
        text += name == "verify"
                    ? ", " + count_of(walk, "seen") + " compared, " + count_of(walk, "changed") +
                          " not right, " + count_of(walk, "left") + " without a copy"
                    : ", " + count_of(walk, "seen") + " there, " + count_of(walk, "changed") +
                          " moved, " + count_of(walk, "left") + " left behind";
    }
    const auto error = text_of(walk, "last_error");
    return text + (error.empty() ? "" : ": " + printable(error));
}

std::string describe_failures(const json::object& status) {
    std::string text;
    const auto* failures = status.if_contains("failures");
    if (failures == nullptr || !failures->is_array()) {
        return text;
    }
    for (const json::value& entry : failures->get_array()) {
        if (const auto* failed = entry.if_object()) {
            text += "\nfailed: " + printable(text_of(*failed, "file_id")) + "  " +
                    printable(text_of(*failed, "error"));
        }
    }
    return text;
}

std::string describe(const json::object& status) {
    const auto store = text_of(status, "store");
    if (store.empty()) {
        return "no store has the role dr";
    }
    const auto active = text_of(status, "active");
    const auto oldest = text_of(status, "oldest_pending");
    return "store " + printable(store) +
           (active.empty() ? "" : "  " + printable(active) + " has taken over") + "\n" +
           count_of(status, "files") + " files, " + count_of(status, "copied") + " copied, " +
           count_of(status, "pending") + " pending" +
           (oldest.empty() ? "" : " since " + printable(oldest)) + ", " +
           count_of(status, "failed") + " failed" + describe_failures(status) +
           describe_walk(status, "verify") + describe_walk(status, "fail_over");
}

bool is_over(const json::object& status, std::string_view name) {
    const auto state = text_of(object_in(status, name), "status");
    return state == "done" || state == "dead";
}

Task<Outcome<json::object>> status_of(ApiClient& api) {
    co_return co_await call_for_object(api, "ask for the copies", http::Method::get, kPath);
}

struct Walk {
    std::string what;
    std::string path;
    std::string name;  // in the status
};

Task<Outcome<>> begin(Walk walk, json::object body, Waiting waiting, OutputForm form,
                      ApiClient& api) {
    const auto begun = co_await call_for_object(api, walk.what, http::Method::post,
                                                kPath + walk.path, json::serialize(body));
    if (!begun) {
        co_return std::unexpected(begun.error());
    }
    for (;;) {
        const auto status = co_await status_of(api);
        if (!status) {
            co_return std::unexpected(status.error());
        }
        if (waiting == Waiting::no || is_over(*status, walk.name)) {
            print_object(*status, form, describe(*status));
            co_return Outcome<>();
        }
        co_await runtime::sleep_for(kPoll);
    }
}

}  // namespace

Task<Outcome<>> run_dr_status(OutputForm form, ApiClient& api) {
    const auto status = co_await status_of(api);
    if (!status) {
        co_return std::unexpected(status.error());
    }
    print_object(*status, form, describe(*status));
    co_return Outcome<>();
}

Task<Outcome<>> run_dr_verify(unsigned percent, Waiting waiting, OutputForm form, ApiClient& api) {
    Walk walk{.what = "verify the copies", .path = "/verify", .name = "verify"};
    json::object body{{"percent", percent}};
    co_return co_await begin(std::move(walk), std::move(body), waiting, form, api);
}

Task<Outcome<>> run_dr_fail_over(std::string to, Waiting waiting, OutputForm form, ApiClient& api) {
    Walk walk{.what = "fail over", .path = "/fail-over", .name = "fail_over"};
    json::object body;
    if (!to.empty()) {
        body["to"] = to;
    }
    co_return co_await begin(std::move(walk), std::move(body), waiting, form, api);
}

}  // namespace slipway::cli
