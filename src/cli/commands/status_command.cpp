#include "cli/commands/status_command.hpp"

#include <boost/json/serialize.hpp>

#include "base/ids.hpp"
#include "cli/console.hpp"
#include "cli/json.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

void print_status(const json::object& upload) {
    const auto number = [&](std::string_view name) { return number_of(upload, name).value_or(0); };
    const auto text = [&](std::string_view name) { return printable(text_of(upload, name)); };
    const auto size = number_of(upload, "file_size");
    print_line("upload   " + text("upload_id"));
    print_line("name     " + text("file_name"));
    print_line("state    " + text("state"));
    print_line("parts    " + std::to_string(number("received_parts")) + " of " +
               std::to_string(number("total_parts")) + ", of " + format_size(number("chunk_size")));
    print_line("bytes    " + format_size(number("received_bytes")) + " of " +
               (size ? format_size(*size) : "an unknown size"));
    print_line("created  " + text("created_at"));
    print_line("expires  " + text("expires_at"));
    const auto* file = upload.if_contains("file");
    if (file != nullptr && file->is_object()) {
        print_line("file     " + printable(text_of(file->get_object(), "url")));
        print_line("chain    " + printable(text_of(file->get_object(), "chain")));
    }
}

}  // namespace

Task<ExitCode> run_status(std::string id, OutputForm form, ApiClient& api) {
    if (!UploadId::parse(id)) {
        print_error("an id has 32 lower-case hexadecimal digits: " + id);
        co_return ExitCode::usage;
    }
    const auto answer = co_await api.call("status", http::Method::get, "/upload/" + id);
    const auto object =
        answer && answer->ok() ? parse_object(answer->body) : Result<json::object>();
    if (!answer || !answer->ok() || !object) {
        const auto failed = !answer         ? answer.error()
                            : !answer->ok() ? failure_of(*answer)
                                            : failure_of(object.error());
        print_error(id + ": " + failed.message);
        co_return failed.exit;
    }
    if (form == OutputForm::json) {
        print_line(json::serialize(*object));
    } else {
        print_status(*object);
    }
    co_return ExitCode::ok;
}

}  // namespace slipway::cli
