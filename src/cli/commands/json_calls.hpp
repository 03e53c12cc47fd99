// The calls of commands that only show what the server says: an answer is an object, a paged list,
// or nothing.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "cli/api_client.hpp"
#include "cli/outcome.hpp"

namespace slipway::cli {

enum class OutputForm { text, json };

// Fails as the server's problem document says, or with what it answered instead of an object.
Task<Outcome<boost::json::object>> call_for_object(ApiClient& api, std::string what,
                                                   http::Method method, std::string path,
                                                   std::string body = {});
// For 204: any 2xx will do.
Task<Outcome<>> call_for_nothing(ApiClient& api, std::string what, http::Method method,
                                 std::string path);

struct ListCall {
    std::string what;    // names the call to the user
    std::string path;    // without a query
    std::string member;  // that holds the items
    std::string (*describe)(const boost::json::object& item);
};

// A line for each item of the answer. Fails, without a message, when nobody reads any more.
Outcome<> print_items(const boost::json::object& answer, const ListCall& list, OutputForm form);
// The same for every page.
Task<Outcome<>> print_pages(ApiClient& api, ListCall list, OutputForm form);

// One object: as the server's JSON, or as this text.
void print_object(const boost::json::object& object, OutputForm form, std::string_view text);

// Tells the failure, where there is one.
ExitCode exit_code_of(const Outcome<>& done);

}  // namespace slipway::cli
