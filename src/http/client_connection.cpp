#include "http/client_connection.hpp"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <vector>

namespace slipway::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace

ClientConnection::ClientConnection(asio::any_io_executor executor,
                                   std::chrono::milliseconds stall_timeout)
    : socket_(executor), resolver_(executor), watchdog_(executor), stall_timeout_(stall_timeout) {}

Error ClientConnection::error_of(std::string_view operation,
                                 const boost::system::error_code& code) const {
    if (expired_) {
        return Error{Errc::deadline_exceeded, std::string(operation) + ": no progress in time"};
    }
    const bool cancelled = code == asio::error::operation_aborted;
    return Error{cancelled ? Errc::cancelled : Errc::unavailable,
                 std::string(operation) + ": " + code.message()};
}

Task<Result<>> ClientConnection::connect(std::string host, std::uint16_t port,
                                         std::chrono::milliseconds timeout) {
    std::vector<tcp::endpoint> endpoints;
    boost::system::error_code parse_error;
    const auto address = asio::ip::make_address(host, parse_error);
    begin_wait(timeout);
    if (!parse_error) {
        endpoints.emplace_back(address, port);
    } else {
        auto [error, found] = co_await resolver_.async_resolve(
            host, std::to_string(port), tcp::resolver::numeric_service, kTuple);
        if (error) {
            end_wait();
            co_return std::unexpected(error_of("resolve " + host, error));
        }
        for (const auto& entry : found) {
            endpoints.push_back(entry.endpoint());
        }
    }
    boost::system::error_code last = asio::error::host_not_found;
    for (const auto& endpoint : endpoints) {
        boost::system::error_code ignored;
        socket_.close(ignored);
        auto [error] = co_await socket_.async_connect(endpoint, kTuple);
        last = error;
        if (!error || expired_) {
            break;
        }
    }
    end_wait();
    if (last || expired_) {
        co_return std::unexpected(
            error_of("connect to " + host + ":" + std::to_string(port), last));
    }
    boost::system::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    co_return Result<>{};
}

Task<Result<std::size_t>> ClientConnection::read_some(std::span<std::byte> out) {
    begin_wait(stall_timeout_);
    auto [error, count] =
        co_await socket_.async_read_some(asio::buffer(out.data(), out.size()), kTuple);
    end_wait();
    if (error == asio::error::eof) {
        co_return std::size_t{0};
    }
    if (error || expired_) {
        co_return std::unexpected(error_of("read", error));
    }
    co_return count;
}

Task<Result<std::size_t>> ClientConnection::write_some(std::span<const std::byte> bytes) {
    if (looking_out_ && answer_came_) {
        co_return std::size_t{0};
    }
    begin_wait(stall_timeout_);
    auto [error, count] =
        co_await socket_.async_write_some(asio::buffer(bytes.data(), bytes.size()), kTuple);
    end_wait();
    const bool interrupted = error == asio::error::operation_aborted && answer_came_ && !expired_;
    if (interrupted) {
        co_return std::size_t{0};
    }
    if (error || expired_) {
        co_return std::unexpected(error_of("write", error));
    }
    co_return count;
}

void ClientConnection::look_out_for_answer() {
    looking_out_ = true;
    answer_came_ = false;
    if (lookout_pending_) {
        return;
    }
    lookout_pending_ = true;
    socket_.async_wait(tcp::socket::wait_read,
                       [weak = weak_from_this()](const boost::system::error_code& error) {
                           const auto self = weak.lock();
                           if (!self) {
                               return;
                           }
                           self->lookout_pending_ = false;
                           if (!error && self->looking_out_) {
                               self->answer_came_ = true;
                               boost::system::error_code ignored;
                               self->socket_.cancel(ignored);
                           }
                       });
}

bool ClientConnection::is_quiet() {
    if (!socket_.is_open() || expired_) {
        return false;
    }
    std::byte probe{};
    const auto count = ::recv(socket_.native_handle(), &probe, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void ClientConnection::rest() {
    looking_out_ = false;
    waiting_ = false;
    watched_ = false;
    watchdog_.cancel();
}

void ClientConnection::close() {
    rest();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void ClientConnection::begin_wait(std::chrono::milliseconds limit) {
    deadline_ = std::chrono::steady_clock::now() + limit;
    waiting_ = true;
    if (!watched_ || deadline_ < watchdog_.expiry()) {
        run_watchdog();
    }
}

// The timer is set once per span of the limit, not once per read: when it fires it looks how far
// the deadline has moved.
void ClientConnection::run_watchdog() {
    watched_ = true;
    watchdog_.expires_at(deadline_);
    watchdog_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (error || !self) {
            return;
        }
        self->watched_ = false;
        if (!self->waiting_) {
            return;
        }
        if (std::chrono::steady_clock::now() >= self->deadline_) {
            self->expire();
        } else {
            self->run_watchdog();
        }
    });
}

void ClientConnection::expire() {
    expired_ = true;
    resolver_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace slipway::http
