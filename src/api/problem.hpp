// Answers of the doors: JSON, and problem details (RFC 9457) with a stable error code. The one
// table from what went wrong to a status and a code is in problem.cpp.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "api/json_members.hpp"
#include "engine/outcome.hpp"
#include "http/server.hpp"

namespace slipway::api {

http::Response json_response(unsigned status, const boost::json::value& value);

struct Problem {
    unsigned status = 500;
    std::string_view error;  // the stable code
    std::string_view title;
    std::string detail = {};
    boost::json::object extra = {};  // further members
};
http::Response problem_response(const Problem& problem, const telemetry::RequestTag& request_id);

// What a use case refused, as the API tells it.
http::Response refusal_response(const engine::Refusal& refusal,
                                const telemetry::RequestTag& request_id);

// The body has a member that is missing, unknown, of the wrong type or out of range.
http::Response invalid_member(std::string_view member, std::string_view reason,
                              const telemetry::RequestTag& request_id);

// The same of a parsed body; a fault without a member is a body that is no JSON object.
http::Response fault_response(const MemberFault& fault, const telemetry::RequestTag& request_id);
// The body could not be read.
http::Response body_error_response(const Error& error, const telemetry::RequestTag& request_id);

// The answer to what never reached a handler; see http::ErrorPage.
http::Response error_page(unsigned status, const std::string& reason);

}  // namespace slipway::api
