// TlsChannel: TLS over a connected socket, in both directions at once, with a look-out for an
// answer that comes while something is being sent.
//
// A write that was begun cannot be taken back, as it can on a plain socket: its record may be half
// sent. One that an answer overtakes is left to end by itself, and the next write waits for it. The
// look-out reads ahead, because the socket also becomes readable by what is no answer (session
// tickets).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "http/tls_context.hpp"
#include "runtime/task.hpp"

namespace slipway::http {

struct Moved {
    boost::system::error_code error;
    std::size_t count = 0;
};

// Used on one event loop; at most one read_some() and one write_some() at a time. The owner keeps
// the socket and the channel alive while a call of it is under way: what is left under way between
// calls holds `owner`. Closing the socket ends every wait.
class TlsChannel {
 public:
    TlsChannel(boost::asio::ip::tcp::socket& socket, std::shared_ptr<TlsContext> context);

    // Errors: those of expect_host() and handshake_error().
    Task<Result<>> handshake(std::string host);

    Task<Moved> read_some(std::span<std::byte> out);
    // How many bytes were taken. 0: what was looked out for came first; a later call has to begin
    // with the same bytes.
    Task<Moved> write_some(std::span<const std::byte> bytes, std::shared_ptr<void> owner);

    // Begins to look out, if it does not already, until there is something to read.
    void look_out(std::shared_ptr<void> owner);
    // The look-out has ended: something was read, or the connection has.
    bool came() const { return ahead_begin_ < ahead_end_ || bool(ahead_error_); }
    bool is_looking_out() const { return reading_ahead_; }

 private:
    void begin_write(std::span<const std::byte> bytes, std::shared_ptr<void> owner);
    Task<void> wait_for_change();

    boost::asio::ssl::stream<boost::asio::ip::tcp::socket&> stream_;
    const std::shared_ptr<TlsContext> context_;
    // Never expires: cancelled when what is under way ends.
    boost::asio::steady_timer change_;

    std::vector<std::byte> ahead_;
    std::size_t ahead_begin_ = 0;
    std::size_t ahead_end_ = 0;
    boost::system::error_code ahead_error_;
    bool reading_ahead_ = false;

    std::vector<std::byte> sending_;
    Moved sent_;
    bool writing_ = false;
    bool written_ = false;
};

}  // namespace slipway::http
