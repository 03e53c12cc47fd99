// ResponseReader: takes one answer off a connection, head first, then its body in pieces.
// Framing is Beast's parser, fed by hand; nothing is read past the answer except what came with it.
#pragma once

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "http/client_connection.hpp"
#include "http/message.hpp"
#include "runtime/task.hpp"

namespace slipway::http {

// Errors: those of the connection, and unavailable for an answer that breaks off or is no HTTP.
class ResponseReader final {
 public:
    explicit ResponseReader(ClientConnection& connection);

    // The next head, which may be an interim one (1xx).
    Task<Result<unsigned>> read_head(Method method);
    Headers headers() const;
    // Content-Length, where the head stated one.
    std::optional<std::uint64_t> content_length() const;
    // The next bytes of the body into `out`; 0 at its end.
    Task<Result<std::size_t>> read_body(std::span<std::byte> out);

    // Whether any byte of an answer has come.
    bool began() const { return began_; }
    // Whether the connection can be used again: the body was read, the server keeps it open,
    // nothing is left over.
    bool is_reusable() const;

 private:
    using Parser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

    Task<Result<>> feed_more();
    std::span<const std::byte> pending() const;
    Error broken(const boost::system::error_code& code) const;

    ClientConnection& connection_;
    const std::unique_ptr<std::byte[]> input_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::optional<Parser> parser_;
    bool began_ = false;
    bool ended_ = false;
};

}  // namespace slipway::http
