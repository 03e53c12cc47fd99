// Request heads: where one ends, what it says, and whether its framing can be trusted.
// Beast parses the grammar; the rules that it leaves open (RFC 9112 sections 3.2, 5.2, 6) are
// enforced here, strictly: whatever two parsers could read in two ways is refused, and the
// connection closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "http/message.hpp"

namespace slipway::http {

// How the body of a request is delimited.
struct BodyFraming {
    bool chunked = false;
    std::uint64_t length = 0;  // of a body that is not chunked
};

struct ParsedHead {
    RequestHead head;
    BodyFraming framing;
    bool http10 = false;
    bool keep_alive = true;  // what the client asks for
    bool expects_continue = false;
};

// The answer to a head that does not reach the handler; the connection closes after it.
struct HeadRefusal {
    unsigned status = 400;
    std::string reason;
};

// Finds the end of a head in bytes that arrive piecemeal, looking at each byte once.
class HeadScanner {
 public:
    enum class State { incomplete, complete, broken };
    // `bytes` begins with the first byte of the head; it has grown since the last call.
    State scan(std::string_view bytes);
    // Size of the head with its empty line, once complete.
    std::size_t size() const { return scanned_; }

 private:
    std::size_t scanned_ = 0;
    std::size_t line_begin_ = 0;
};

// `text` is a complete head with its empty line.
std::variant<ParsedHead, HeadRefusal> parse_head(std::string_view text);

}  // namespace slipway::http
