#include "cli/commands/list_command.hpp"

#include <boost/json/serialize.hpp>

#include "base/ids.hpp"
#include "cli/console.hpp"
#include "cli/json.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

std::string pad_left(std::string text, std::size_t width) {
    return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string format_file(const json::object& file) {
    return printable(text_of(file, "file_id")) + "  " +
           pad_left(format_size(number_of(file, "size").value_or(0)), 10) + "  " +
           printable(text_of(file, "completed_at")) + "  " + printable(text_of(file, "name"));
}

std::string format_upload(const json::object& upload) {
    const auto size = number_of(upload, "file_size");
    return printable(text_of(upload, "upload_id")) + "  " +
           pad_left(size ? format_size(*size) : "?", 10) + "  " +
           printable(text_of(upload, "created_at")) + "  " + printable(text_of(upload, "state")) +
           "  " + printable(text_of(upload, "file_name"));
}

Outcome<json::object> read_page(const Outcome<Answer>& answer) {
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (!answer->ok()) {
        return fail(*answer);
    }
    auto page = parse_object(answer->body);
    return page ? Outcome<json::object>(*std::move(page)) : fail(page.error());
}

// False when nobody reads any more.
bool print_entry(const json::value& entry, Listed listed, OutputForm form) {
    if (!entry.is_object()) {
        return true;
    }
    const auto& object = entry.get_object();
    if (form == OutputForm::json) {
        return print_line(json::serialize(object));
    }
    return print_line(listed == Listed::files ? format_file(object) : format_upload(object));
}

}  // namespace

Task<ExitCode> run_list(Listed listed, OutputForm form, ApiClient& api) {
    const std::string collection = listed == Listed::files ? "files" : "uploads";
    std::string after;
    do {
        const auto path =
            "/" + collection + "?limit=1000" + (after.empty() ? "" : "&after=" + after);
        const auto page = read_page(co_await api.call("list", http::Method::get, path));
        const auto entries = page ? read_array(*page, collection) : Result<json::array>();
        if (!page || !entries) {
            const auto failed = page ? failure_of(entries.error()) : page.error();
            print_error(failed.message);
            co_return failed.exit;
        }
        for (const auto& entry : *entries) {
            if (!print_entry(entry, listed, form)) {
                co_return ExitCode::failed;
            }
        }
        const auto next = text_of(*page, "next");
        // A server that answers the same page for ever is not followed.
        after = next != after && UploadId::parse(next) ? next : std::string();
    } while (!after.empty());
    co_return ExitCode::ok;
}

}  // namespace slipway::cli
