// ClientConnection: one connection to a server, plain or with TLS, with a watchdog over every wait
// and a lookout for answers that come early. It moves bytes; what they mean is read in
// client_exchange.cpp.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "http/client.hpp"
#include "http/tls_channel.hpp"
#include "runtime/task.hpp"

namespace slipway::http {

struct Destination {
    std::string host;  // a name or an address
    std::uint16_t port = 80;
    AddressRule addresses = AddressRule::any;
    std::shared_ptr<TlsContext> tls = nullptr;  // plain where there is none
};

// Used on one event loop; at most one read or write at a time. Errors of every call: unavailable
// (refused, reset, no such host), deadline_exceeded (nothing moved for as long as allowed, or the
// exchange took too long), cancelled (the loop ends).
class ClientConnection final : public std::enable_shared_from_this<ClientConnection> {
 public:
    ClientConnection(boost::asio::any_io_executor executor,
                     std::chrono::milliseconds stall_timeout);

    // The host is resolved once, and every address that was found is held to the rule before any is
    // connected to. Errors besides: forbidden (the rule), and those of TlsChannel::handshake().
    Task<Result<>> connect(Destination destination, std::chrono::milliseconds timeout);
    // From now on no wait goes beyond this.
    void end_by(std::chrono::steady_clock::time_point end) { end_ = end; }

    // How many bytes were moved. Reading answers 0 at the end of the stream. Writing answers 0 when
    // an answer came meanwhile and answers are looked out for; the next write begins with the same
    // bytes.
    Task<Result<std::size_t>> read_some(std::span<std::byte> out);
    Task<Result<std::size_t>> write_some(std::span<const std::byte> bytes);

    // From now on a write ends as soon as there is something to read; until ignore_answer().
    void look_out_for_answer();
    void ignore_answer() { looking_out_ = false; }

    // Nothing to read and not closed by the peer: what an idle connection must be to be used again.
    bool is_quiet();
    // Ends the watchdog, so that an idle connection keeps no timer. It stays alive until close().
    void rest();
    void close();

 private:
    Task<Result<std::vector<boost::asio::ip::tcp::endpoint>>> resolve(Destination destination);
    Task<Moved> move_in(std::span<std::byte> out);
    Task<Moved> move_out(std::span<const std::byte> bytes);
    void begin_wait(std::chrono::milliseconds limit);
    void end_wait() { waiting_ = false; }
    void run_watchdog();
    void stop_watching();
    void expire();
    Error error_of(std::string_view operation, const boost::system::error_code& code) const;

    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<TlsChannel> tls_;
    boost::asio::ip::tcp::resolver resolver_;
    boost::asio::steady_timer watchdog_;
    const std::chrono::milliseconds stall_timeout_;
    std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::time_point::max();
    std::chrono::steady_clock::time_point deadline_;
    bool watched_ = false;
    bool waiting_ = false;
    bool expired_ = false;
    bool closed_ = false;
    bool looking_out_ = false;
    bool lookout_pending_ = false;
    bool answer_came_ = false;
};

}  // namespace slipway::http
