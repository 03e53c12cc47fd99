// ResponseParser: reads answers of a server from bytes that it is given, without I/O: heads,
// interim ones too, then a body in pieces. Framing is Beast's parser, fed by hand; what it makes of
// an answer does not depend on how the bytes arrive.
#pragma once

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/result.hpp"
#include "http/message.hpp"

namespace slipway::http {

// Errors: unavailable for an answer that breaks off or is no HTTP.
class ResponseParser final {
 public:
    ResponseParser();

    // Where the next bytes from the server go; asked for when a call below wants more.
    Result<std::span<std::byte>> room();
    // So many of them are there; 0: the server has closed.
    void commit(std::size_t count);

    // What follows is another head, of an answer to this method.
    void begin_head(Method method);
    // The status once the head is whole; nothing while more bytes are wanted.
    Result<std::optional<unsigned>> parse_head();
    Headers headers() const;
    // Content-Length, where the head stated one.
    std::optional<std::uint64_t> content_length() const;
    // How many of the next bytes of the body were put into `out`, which is not empty; 0 at its end;
    // nothing while more bytes are wanted.
    Result<std::optional<std::size_t>> parse_body(std::span<std::byte> out);

    // Whether any byte of an answer has come.
    bool began() const { return began_; }
    // Whether the connection can be used again: the body was read, the server keeps it open,
    // nothing is left over.
    bool is_reusable() const;

 private:
    using Parser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

    boost::system::error_code put_pending();

    const std::unique_ptr<std::byte[]> input_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::optional<Parser> parser_;
    bool began_ = false;
    bool ended_ = false;
};

}  // namespace slipway::http
