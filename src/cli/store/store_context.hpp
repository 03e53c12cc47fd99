// What every command about a store is given, and how what the store says reaches the user.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/s3/s3_client.hpp"
#include "adapters/s3/setup/store_description.hpp"
#include "cli/commands/json_calls.hpp"
#include "cli/outcome.hpp"

namespace slipway::cli {

namespace s3 = adapters::s3;

struct StoreContext {
    const s3::StoreDescription& description;
    const sigv4::Credentials& credentials;
    const ports::Clock& clock;
    s3::S3Client& client;
    OutputForm form = OutputForm::text;
};

// The failure of a call to the store, "WHAT: …", with the exit code that fits: what is not there is
// not_found, keys and rights are unauthorised.
Failure store_failure(std::string_view what, const Error& error);
inline std::unexpected<Failure> fail(std::string_view what, const Error& error) {
    return std::unexpected(store_failure(what, error));
}
Outcome<> outcome_of(std::string_view what, const Result<>& result);

// The object on a line, or the text, a line of it or several, made printable. Fails, without a
// message, when nobody reads any more.
Outcome<> print_entry(OutputForm form, const boost::json::object& object,
                      const std::vector<std::string>& lines);
inline Outcome<> print_entry(OutputForm form, const boost::json::object& object, std::string line) {
    return print_entry(form, object, std::vector{std::move(line)});
}

}  // namespace slipway::cli
