// Link: one connection to a Redis server or sentinel, before and while it is used. ask() is for one
// command at a time, with a deadline; who sends many at once works with the socket and the parser.
//
// For one event loop: that of open().
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "adapters/redis/client/options.hpp"
#include "adapters/redis/protocol/reply.hpp"
#include "adapters/redis/protocol/reply_parser.hpp"
#include "base/result.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::redis {

class Link final : public std::enable_shared_from_this<Link> {
 public:
    explicit Link(const boost::asio::any_io_executor& executor)
        : socket_(executor), deadline_(executor) {}

    // Connects. unavailable; deadline_exceeded.
    Task<Result<>> open(ServerAddress address, std::chrono::milliseconds time);
    // The answer to one command, in time. A failure reply is an error (translate_failure).
    Task<Result<Reply>> ask(std::string request, std::chrono::milliseconds time);
    // What waits for the server fails at once.
    void close();
    // The same, for want of an answer.
    void give_up();

    boost::asio::ip::tcp::socket& socket() { return socket_; }
    ReplyParser& parser() { return parser_; }
    // Reads once and hands it to the parser.
    Task<Result<>> read_some();

 private:
    void begin_deadline(std::chrono::milliseconds time);
    void end_deadline();
    Task<Result<Reply>> next_reply();
    std::unexpected<Error> fail(const boost::system::error_code& code) const;

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer deadline_;
    std::uint64_t operation_ = 0;
    bool timed_out_ = false;
    ReplyParser parser_;
    std::array<char, std::size_t{64} << 10U> chunk_;
};

}  // namespace slipway::adapters::redis
