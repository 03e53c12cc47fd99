#include "cli/admin/quota_command.hpp"

#include <boost/json/serialize.hpp>

#include "base/encoding.hpp"
#include "cli/json.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

std::string path_of(const std::string& principal) {
    return "/admin/quotas/" + encode_percent(principal);
}

json::object object_in(const json::object& answer, std::string_view name) {
    const auto* member = answer.if_contains(name);
    return member != nullptr && member->is_object() ? member->get_object() : json::object();
}

std::string used_of(const json::object& answer, std::string_view name,
                    std::string (*format)(std::uint64_t)) {
    const auto used = number_of(object_in(answer, "usage"), name).value_or(0);
    const auto limit = number_of(object_in(answer, "quota"), name);
    return format(used) + " of " + (limit ? format(*limit) : "unlimited");
}

std::string plain(std::uint64_t number) {
    return std::to_string(number);
}

std::string describe(const json::object& answer) {
    return printable(text_of(answer, "principal")) + "  " + used_of(answer, "bytes", format_size) +
           "  files " + used_of(answer, "files", plain) + "  open uploads " +
           used_of(answer, "open_uploads", plain);
}

json::value number_or_null(std::optional<std::uint64_t> number) {
    return number ? json::value(*number) : json::value(nullptr);
}

}  // namespace

Task<Outcome<>> run_quota_show(std::string principal, OutputForm form, ApiClient& api) {
    const auto answer =
        co_await call_for_object(api, "show the quota", http::Method::get, path_of(principal));
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    print_object(*answer, form, describe(*answer));
    co_return Outcome<>();
}

Task<Outcome<>> run_quota_set(std::string principal, QuotaLimits limits, OutputForm form,
                              ApiClient& api) {
    const json::object body{{"bytes", number_or_null(limits.bytes)},
                            {"files", number_or_null(limits.files)},
                            {"open_uploads", number_or_null(limits.open_uploads)}};
    const auto answer = co_await call_for_object(api, "set the quota", http::Method::put,
                                                 path_of(principal), json::serialize(body));
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    print_object(*answer, form, describe(*answer));
    co_return Outcome<>();
}

Task<Outcome<>> run_quota_reset(std::string principal, ApiClient& api) {
    co_return co_await call_for_nothing(api, "reset the quota", http::Method::delete_,
                                        path_of(principal));
}

}  // namespace slipway::cli
