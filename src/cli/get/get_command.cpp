#include "cli/get/get_command.hpp"

#include <filesystem>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "cli/get/download.hpp"
#include "cli/get/local_name.hpp"

namespace slipway::cli {

namespace fs = std::filesystem;

namespace {

Task<Outcome<RemoteFile>> look_up(ApiClient& api, std::string id) {
    const auto head = co_await api.call("look up " + id, http::Method::head, "/files/" + id);
    if (!head) {
        co_return std::unexpected(head.error());
    }
    if (head->status == 404) {
        co_return fail(ExitCode::not_found, "there is no file " + id, "file_not_found");
    }
    if (!head->ok()) {
        co_return fail(*head);
    }
    auto table = co_await file_parts(api, id);
    if (!table) {
        co_return std::unexpected(std::move(table.error()));
    }
    if (!is_consistent(*table)) {
        co_return fail(ExitCode::corrupt,
                       "the server's part digests do not make up the file's chain");
    }
    const auto disposition = head->headers.find("Content-Disposition").value_or("");
    co_return RemoteFile{id, std::string(head->headers.find("ETag").value_or("")),
                         disposition_name(disposition).value_or(id), *std::move(table)};
}

std::string choose_path(const GetOptions& options, const RemoteFile& file) {
    if (options.output.empty()) {
        return local_name(file.name);
    }
    std::error_code ignored;
    if (fs::is_directory(options.output, ignored)) {
        return (fs::path(options.output) / local_name(file.name)).string();
    }
    return options.output;
}

Task<Outcome<>> download(const GetOptions& options, ApiClient& api, Reporter& reporter) {
    const auto id = parse_file_id(options.file, api.base_url());
    if (!id) {
        co_return std::unexpected(id.error());
    }
    const auto file = co_await look_up(api, *id);
    if (!file) {
        co_return std::unexpected(file.error());
    }
    const bool to_output = options.output == "-";
    const auto path = to_output ? options.output : choose_path(options, *file);
    std::unique_ptr<DownloadTarget> target;
    if (to_output) {
        target = open_standard_output();
    } else {
        auto opened = open_file_target(path, part_path(path, *id), options.overwrite);
        if (!opened) {
            co_return std::unexpected(std::move(opened.error()));
        }
        target = *std::move(opened);
    }
    runtime::BlockingPool pool(1);
    Download transfer(api, reporter, pool, *file, *target, path);
    if (auto done = co_await transfer.run(); !done) {
        co_return done;
    }
    auto commit = [&target] { return target->commit(); };
    if (auto committed = co_await pool.run(std::move(commit)); !committed) {
        co_return committed;
    }
    reporter.completed({path, *id, api.absolute("/files/" + *id), file->table.size,
                        encode_hex(file->table.chain.view())});
    co_return Outcome<>{};
}

}  // namespace

Outcome<std::string> parse_file_id(const std::string& text, const std::string& base_url) {
    if (UploadId::parse(text)) {
        return text;
    }
    const auto prefix = base_url + "/files/";
    if (text.starts_with(prefix) && UploadId::parse(text.substr(prefix.size()))) {
        return text.substr(prefix.size());
    }
    if (text.contains("://")) {
        return fail(ExitCode::usage,
                    "not the URL of a file of " + base_url + "; --url names the server");
    }
    return fail(ExitCode::usage, "an id has 32 lower-case hexadecimal digits: " + text);
}

Task<ExitCode> run_get(GetOptions options, ApiClient& api, Reporter& reporter) {
    const auto done = co_await download(options, api, reporter);
    if (!done) {
        reporter.failed(options.file, done.error());
        co_return done.error().exit;
    }
    co_return ExitCode::ok;
}

}  // namespace slipway::cli
