// BoundaryScanner: finds the delimiter of a multipart body (RFC 2046 section 5.1.1) in bytes that
// come in pieces of any size, without copying them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace slipway::http {

class BoundaryScanner {
 public:
    // The delimiter is "\r\n--" and the boundary. The boundary has no carriage return.
    explicit BoundaryScanner(std::string_view boundary);

    // What comes next is the beginning of a line: a delimiter may stand there without its line end.
    void begin_line();

    struct Step {
        std::string_view data;  // in front of the delimiter; of the input, or of the scanner itself
        bool found = false;     // the delimiter followed, and is taken from the input too
    };
    // Takes from the front of `input`. What may be the beginning of a delimiter is held back until
    // more has come. To be called until it has found one or the input is empty.
    Step scan(std::string_view& input);

 private:
    // Goes on with a delimiter that has begun in an earlier input.
    Step go_on(std::string_view& input);

    const std::string delimiter_;
    std::size_t matched_ = 0;
    // Of what is matched, the part that was never in the input.
    std::size_t imagined_ = 0;
};

}  // namespace slipway::http
