// ResponseReader: takes one answer off a connection, head first, then its body in pieces. What the
// bytes mean is ResponseParser's business; nothing is read past the answer except what came with
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "http/client_connection.hpp"
#include "http/response_parser.hpp"
#include "runtime/task.hpp"

namespace slipway::http {

// Errors: those of the connection, and those of ResponseParser.
class ResponseReader final {
 public:
    explicit ResponseReader(ClientConnection& connection) : connection_(connection) {}

    // The next head, which may be an interim one (1xx).
    Task<Result<unsigned>> read_head(Method method);
    Headers headers() const { return parser_.headers(); }
    std::optional<std::uint64_t> content_length() const { return parser_.content_length(); }
    // The next bytes of the body into `out`; 0 at its end.
    Task<Result<std::size_t>> read_body(std::span<std::byte> out);

    bool began() const { return parser_.began(); }
    bool is_reusable() const { return parser_.is_reusable(); }

 private:
    Task<Result<>> feed_more();

    ClientConnection& connection_;
    ResponseParser parser_;
};

}  // namespace slipway::http
