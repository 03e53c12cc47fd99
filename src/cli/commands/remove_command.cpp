#include "cli/commands/remove_command.hpp"

#include <filesystem>

#include "base/ids.hpp"
#include "cli/api_calls.hpp"
#include "cli/console.hpp"
#include "cli/journal.hpp"

namespace slipway::cli {

namespace {

// A DELETE whose answer was lost may have done its work: then its repetition finds nothing.
struct Deletion {
    Outcome<Answer> answer;
    unsigned attempts = 0;
    bool done() const {
        return answer && (answer->ok() || (answer->status == 404 && attempts > 1));
    }
};

Task<Deletion> delete_path(ApiClient& api, std::string path) {
    Deletion deletion;
    const ApiClient::Send send = [&api, &path, &deletion](unsigned attempt) {
        deletion.attempts = attempt;
        return api.send(api.request(http::Method::delete_, path));
    };
    deletion.answer = co_await api.exchange("rm", send);
    co_return deletion;
}

Task<Outcome<>> remove_one(ApiClient& api, std::string id) {
    if (!UploadId::parse(id)) {
        co_return fail(ExitCode::usage, "an id has 32 lower-case hexadecimal digits");
    }
    const auto file = co_await delete_path(api, "/files/" + id);
    if (file.done()) {
        co_return Outcome<>{};
    }
    if (!file.answer) {
        co_return std::unexpected(file.answer.error());
    }
    if (file.answer->status != 404) {
        co_return fail(*file.answer);
    }
    const auto upload = co_await delete_path(api, "/upload/" + id);
    if (upload.done()) {
        co_return Outcome<>{};
    }
    if (!upload.answer) {
        co_return std::unexpected(upload.answer.error());
    }
    // A complete upload without a file: the file was deleted before.
    if (upload.answer->status == 404 || upload.answer->error == "upload_complete") {
        co_return fail(ExitCode::not_found, "there is no such file or upload", "file_not_found");
    }
    co_return fail(*upload.answer);
}

void forget(const std::string& journal_path, const std::string& server, const std::string& id) {
    std::error_code ignored;
    if (!std::filesystem::exists(journal_path, ignored)) {
        return;
    }
    auto journal = Journal::open(journal_path);
    const auto forgotten =
        journal ? (*journal)->forget_upload(server, id) : std::unexpected(journal.error());
    if (!forgotten) {
        print_error(forgotten.error().detail);
    }
}

}  // namespace

Task<ExitCode> run_remove(std::vector<std::string> ids, std::string journal_path, ApiClient& api) {
    ExitCode exit = ExitCode::ok;
    for (const auto& id : ids) {
        const auto removed = co_await remove_one(api, id);
        if (removed) {
            forget(journal_path, api.base_url(), id);
            continue;
        }
        print_error(id + ": " + removed.error().message);
        const bool agree = exit == ExitCode::ok || exit == removed.error().exit;
        exit = agree ? removed.error().exit : ExitCode::failed;
    }
    co_return exit;
}

}  // namespace slipway::cli
