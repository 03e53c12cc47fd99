// Link: one connection to a Redis server or sentinel, in plain text or by TLS, before and while it
// is used. ask() is for one command at a time, with a deadline; who sends many at once works with
// begin_write(), read_some() and the parser.
//
// For one event loop: that of open().
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/redis/client/options.hpp"
#include "adapters/redis/protocol/reply.hpp"
#include "adapters/redis/protocol/reply_parser.hpp"
#include "base/result.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::redis {

class Link final : public std::enable_shared_from_this<Link> {
 public:
    // `trust`: of TLS, which is spoken where it is given.
    Link(const boost::asio::any_io_executor& executor, std::shared_ptr<http::TlsContext> trust);

    // Connects, and lets the server prove who it is. unavailable; deadline_exceeded; untrusted;
    // unsupported: it does not speak TLS.
    Task<Result<>> open(ServerAddress address, std::chrono::milliseconds time);
    // The answer to one command, in time. A failure reply is an error (translate_failure).
    Task<Result<Reply>> ask(std::string request, std::chrono::milliseconds time);
    // What waits for the server fails at once.
    void close();
    // The same, for want of an answer.
    void give_up();

    // Writes these bytes, which stay until `then` is called; what cannot be written ends the
    // connection. One at a time.
    void begin_write(std::string_view bytes, std::function<void()> then);
    ReplyParser& parser() { return parser_; }
    // Reads once and hands it to the parser.
    Task<Result<>> read_some();

 private:
    using Socket = boost::asio::ip::tcp::socket;

    Task<Result<>> connect(ServerAddress address);
    void begin_deadline(std::chrono::milliseconds time);
    void end_deadline();
    Task<Result<Reply>> next_reply();
    std::unexpected<Error> fail(const boost::system::error_code& code) const;

    Socket socket_;
    const std::shared_ptr<http::TlsContext> trust_;
    std::optional<boost::asio::ssl::stream<Socket&>> tls_;
    boost::asio::steady_timer deadline_;
    std::uint64_t operation_ = 0;
    bool timed_out_ = false;
    ReplyParser parser_;
    std::array<char, std::size_t{64} << 10U> chunk_;
};

}  // namespace slipway::adapters::redis
