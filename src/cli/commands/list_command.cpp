#include "cli/commands/list_command.hpp"

#include <utility>

#include "cli/json.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

std::string pad_left(std::string text, std::size_t width) {
    return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

// A form's file that nobody claims goes; one that has decayed is not served.
std::string note_on(const json::object& file) {
    if (!text_of(file, "damaged_at").empty()) {
        return "  (damaged)";
    }
    const auto until = text_of(file, "expires_at");
    return until.empty() ? "" : "  (until " + printable(until) + ")";
}

std::string format_file(const json::object& file) {
    return printable(text_of(file, "file_id")) + "  " +
           pad_left(format_size(number_of(file, "size").value_or(0)), 10) + "  " +
           printable(text_of(file, "completed_at")) + "  " + printable(text_of(file, "name")) +
           note_on(file);
}

std::string format_upload(const json::object& upload) {
    const auto size = number_of(upload, "file_size");
    return printable(text_of(upload, "upload_id")) + "  " +
           pad_left(size ? format_size(*size) : "?", 10) + "  " +
           printable(text_of(upload, "created_at")) + "  " + printable(text_of(upload, "state")) +
           "  " + printable(text_of(upload, "file_name"));
}

}  // namespace

Task<ExitCode> run_list(Listed listed, OutputForm form, ApiClient& api) {
    const std::string collection = listed == Listed::files ? "files" : "uploads";
    ListCall list{.what = "list",
                  .path = "/" + collection,
                  .member = collection,
                  .describe = listed == Listed::files ? format_file : format_upload};
    co_return exit_code_of(co_await print_pages(api, std::move(list), form));
}

}  // namespace slipway::cli
