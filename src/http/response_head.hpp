// The head of an answer as text. Pure: what may not be sent is refused here, before a byte of it
// leaves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/server.hpp"

namespace slipway::http {

// What of an answer its handler does not decide.
struct AnswerTerms {
    Method method = Method::get;  // of the request
    bool http10 = false;
    bool keep_alive = false;
    std::string_view request_id;
    std::string_view date;
};

// Whether the answer has a body on the wire: not for HEAD, 204 and 304.
bool carries_body(unsigned status, Method method);
// Whether the handler wants the connection closed.
bool asks_to_close(const Response& response);

// Status line to empty line. Nothing when a status is out of range or a field could end its line: a
// name that is no token, a value with a control character.
std::optional<std::string> format_head(const Response& response, const AnswerTerms& terms);

}  // namespace slipway::http
