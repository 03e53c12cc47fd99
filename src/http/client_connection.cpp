#include "http/client_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

#include "http/public_address.hpp"

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

Task<Result<std::vector<tcp::endpoint>>> ClientConnection::resolve(Destination destination) {
    std::vector<tcp::endpoint> endpoints;
    boost::system::error_code parse_error;
    const auto address = asio::ip::make_address(destination.host, parse_error);
    if (!parse_error) {
        endpoints.emplace_back(address, destination.port);
    } else {
        auto [error, found] =
            co_await resolver_.async_resolve(destination.host, std::to_string(destination.port),
                                             tcp::resolver::numeric_service, kTuple);
        if (error) {
            co_return std::unexpected(error_of("resolve " + destination.host, error));
        }
        for (const auto& entry : found) {
            endpoints.push_back(entry.endpoint());
        }
    }
    for (const auto& endpoint : endpoints) {
        if (destination.addresses == AddressRule::public_only &&
            !is_public_address(endpoint.address())) {
            co_return failure(Errc::forbidden, destination.host + " is " +
                                                   endpoint.address().to_string() +
                                                   ", which is not a public address");
        }
    }
    co_return endpoints;
}

Task<Result<>> ClientConnection::connect(Destination destination,
                                         std::chrono::milliseconds timeout) {
    begin_wait(timeout);
    const auto endpoints = co_await resolve(destination);
    if (!endpoints) {
        end_wait();
        co_return std::unexpected(endpoints.error());
    }
    boost::system::error_code last = asio::error::host_not_found;
    for (const auto& endpoint : *endpoints) {
        boost::system::error_code ignored;
        socket_.close(ignored);
        auto [error] = co_await socket_.async_connect(endpoint, kTuple);
        last = error;
        if (!error || expired_ || closed_) {
            break;
        }
    }
    const std::string peer = destination.host + ":" + std::to_string(destination.port);
    if (last || expired_ || closed_) {
        end_wait();
        co_return std::unexpected(error_of("connect to " + peer, last));
    }
    boost::system::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    if (destination.tls) {
        tls_ = std::make_unique<TlsChannel>(socket_, std::move(destination.tls));
        auto shaken = co_await tls_->handshake(std::move(destination.host));
        if (!shaken && expired_) {
            shaken = std::unexpected(error_of("TLS with " + peer, {}));
        }
        end_wait();
        co_return shaken;
    }
    end_wait();
    co_return Result<>{};
}

Task<Moved> ClientConnection::move_in(std::span<std::byte> out) {
    if (tls_) {
        co_return co_await tls_->read_some(out);
    }
    const auto [error, count] =
        co_await socket_.async_read_some(asio::buffer(out.data(), out.size()), kTuple);
    co_return Moved{error, count};
}

Task<Moved> ClientConnection::move_out(std::span<const std::byte> bytes) {
    if (tls_) {
        co_return co_await tls_->write_some(bytes, shared_from_this());
    }
    const auto [error, count] =
        co_await socket_.async_write_some(asio::buffer(bytes.data(), bytes.size()), kTuple);
    co_return Moved{error, count};
}

Task<Result<std::size_t>> ClientConnection::read_some(std::span<std::byte> out) {
    begin_wait(stall_timeout_);
    const Moved moved = co_await move_in(out);
    end_wait();
    if (moved.error == asio::error::eof) {
        co_return std::size_t{0};
    }
    if (moved.error || expired_) {
        co_return std::unexpected(error_of("read", moved.error));
    }
    co_return moved.count;
}

Task<Result<std::size_t>> ClientConnection::write_some(std::span<const std::byte> bytes) {
    if (looking_out_ && answer_came_) {
        co_return std::size_t{0};
    }
    begin_wait(stall_timeout_);
    const Moved moved = co_await move_out(bytes);
    end_wait();
    const bool interrupted =
        moved.error == asio::error::operation_aborted && answer_came_ && !expired_;
    if (interrupted) {
        co_return std::size_t{0};
    }
    if (moved.error || expired_) {
        co_return std::unexpected(error_of("write", moved.error));
    }
    co_return moved.count;
}

void ClientConnection::look_out_for_answer() {
    looking_out_ = true;
    answer_came_ = false;
    if (tls_) {
        tls_->look_out(shared_from_this());
        return;
    }
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
    if (tls_ && !tls_->is_looking_out()) {
        return false;
    }
    std::byte probe{};
    const auto count = ::recv(socket_.native_handle(), &probe, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void ClientConnection::rest() {
    stop_watching();
    end_ = std::chrono::steady_clock::time_point::max();
    if (tls_) {
        tls_->look_out(shared_from_this());
    }
}

void ClientConnection::stop_watching() {
    looking_out_ = false;
    waiting_ = false;
    watched_ = false;
    watchdog_.cancel();
}

void ClientConnection::close() {
    stop_watching();
    closed_ = true;
    resolver_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void ClientConnection::begin_wait(std::chrono::milliseconds limit) {
    deadline_ = std::min(std::chrono::steady_clock::now() + limit, end_);
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
