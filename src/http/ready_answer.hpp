// ReadyAnswer: an answer that is always the same but for its date and its request's id, formatted
// once and for all. It is the same text as format_head() and the body make.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.hpp"

namespace slipway::http {

class ReadyAnswer {
 public:
    struct Terms {
        bool keep_alive = false;
        std::string_view request_id;  // of 16 characters
        std::string_view date;
    };

    // `make` gives the answer to a PUT of that id. Its body is text.
    explicit ReadyAnswer(const std::function<Response(const telemetry::RequestTag&)>& make);

    unsigned status() const { return status_; }
    // Head and body for an HTTP/1.1 client.
    std::string text(const Terms& terms) const;

 private:
    // A text, and where the date and the id belong in it.
    struct Form {
        std::string text;
        std::vector<std::size_t> dates;
        std::vector<std::size_t> ids;
    };
    static Form form_of(const Response& response, bool keep_alive);

    unsigned status_;
    Form keeping_;
    Form closing_;
};

}  // namespace slipway::http
