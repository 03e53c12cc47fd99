#include "cli/store/store_context.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "cli/console.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

Failure store_failure(std::string_view what, const Error& error) {
    Failure failed = failure_of(error);
    if (error.code == Errc::not_found) {
        failed.exit = ExitCode::not_found;
    } else if (error.code == Errc::forbidden) {
        failed.exit = ExitCode::unauthorised;
    } else if (error.code == Errc::corrupted) {
        failed.exit = ExitCode::corrupt;
    }
    failed.message = std::string(what) + ": " + failed.message;
    return failed;
}

Outcome<> outcome_of(std::string_view what, const Result<>& result) {
    return result ? Outcome<>() : fail(what, result.error());
}

Outcome<> print_entry(OutputForm form, const boost::json::object& object,
                      const std::vector<std::string>& lines) {
    if (form == OutputForm::json) {
        return print_line(boost::json::serialize(object)) ? Outcome<>()
                                                          : fail(ExitCode::failed, {});
    }
    const bool printed = std::ranges::all_of(
        lines, [](const std::string& line) { return print_line(printable(line)); });
    return printed ? Outcome<>() : fail(ExitCode::failed, {});
}

}  // namespace slipway::cli
