#include "http/listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <exception>
#include <memory>
#include <utility>

#include "http/connection.hpp"
#include "telemetry/log.hpp"

namespace slipway::http {

namespace {

using boost::asio::as_tuple;
using boost::asio::deferred;
using boost::asio::ip::tcp;

constexpr int kBacklog = 4096;
// Connections accepted before the loop looks at its other work.
constexpr int kAcceptBatch = 64;
// Connections over the limit that are told so at a time; more are closed without a word.
constexpr std::size_t kMaxRefused = 128;
// After running out of descriptors or memory: trying at once would spin.
constexpr std::chrono::milliseconds kAcceptPause{100};

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    sockaddr_in& v4() { return reinterpret_cast<sockaddr_in&>(storage); }
    sockaddr_in6& v6() { return reinterpret_cast<sockaddr_in6&>(storage); }
};

bool fill_address(SocketAddress& address, const std::string& host, std::uint16_t port) {
    const std::string& numeric = host == "localhost" ? std::string("127.0.0.1") : host;
    if (::inet_pton(AF_INET, numeric.c_str(), &address.v4().sin_addr) == 1) {
        address.storage.ss_family = AF_INET;
        address.v4().sin_port = htons(port);
        address.size = sizeof(sockaddr_in);
        return true;
    }
    if (::inet_pton(AF_INET6, numeric.c_str(), &address.v6().sin6_addr) == 1) {
        address.storage.ss_family = AF_INET6;
        address.v6().sin6_port = htons(port);
        address.size = sizeof(sockaddr_in6);
        return true;
    }
    return false;
}

Error bind_error(const std::string& host, std::uint16_t port, int error_number) {
    const std::string name = host.contains(':') ? "[" + host + "]" : host;
    Error error = errno_error("listen on " + name + ":" + std::to_string(port), error_number);
    if (error_number == EADDRINUSE) {
        error.code = Errc::conflict;
    } else if (error_number == EADDRNOTAVAIL || error_number == EAFNOSUPPORT) {
        error.code = Errc::invalid;
    }
    return error;
}

std::string text_of(SocketAddress& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.storage.ss_family == AF_INET) {
        ::inet_ntop(AF_INET, &address.v4().sin_addr, text.data(), text.size());
    } else if (IN6_IS_ADDR_V4MAPPED(&address.v6().sin6_addr)) {
        ::inet_ntop(AF_INET, &address.v6().sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
        ::inet_ntop(AF_INET6, &address.v6().sin6_addr, text.data(), text.size());
    }
    return text.data();
}

Task<void> tick_while_connected(std::shared_ptr<ServerState> state, LoopState& loop) {
    boost::asio::steady_timer timer(loop.context());
    // The state keeps the loop's part of it alive.
    const auto keep = std::move(state);
    do {
        timer.expires_after(loop.tick_pause());
        co_await timer.async_wait(as_tuple(deferred));
    } while (loop.tick());
}

void log_failure(const std::exception_ptr& thrown) {
    std::string reason = "not a standard exception";
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
        reason = error.what();
    } catch (...) {
    }
    telemetry::log(telemetry::Level::error, "http_connection_failed", {{"reason", reason}});
}

void serve(std::unique_ptr<Connection> connection) {
    auto& loop = connection->loop();
    if (loop.claim_ticks()) {
        boost::asio::co_spawn(loop.context(), tick_while_connected(connection->state(), loop),
                              boost::asio::detached);
    }
    Task<void> running = connection->run();
    boost::asio::co_spawn(loop.context(), std::move(running),
                          [connection = std::move(connection)](const std::exception_ptr& thrown) {
                              if (thrown) {
                                  log_failure(thrown);
                              }
                          });
}

// Owned by the handler that takes it to its loop: a loop that ends instead gives it back.
struct Accepted {
    std::shared_ptr<ServerState> state;
    LoopState& loop;
    tcp protocol;
    FileDescriptor descriptor;
    std::string peer;
    Admission admission;
    AddressCounts::Place place;
};

void begin_to_serve(Accepted accepted) {
    tcp::socket socket(accepted.loop.context());
    boost::system::error_code error;
    socket.assign(accepted.protocol, accepted.descriptor.get(), error);
    if (error) {
        auto& state = *accepted.state;
        accepted.loop.load().fetch_sub(1, std::memory_order_relaxed);
        state.metrics.closed().add();
        auto& count = accepted.admission == Admission::admitted ? state.connections : state.refused;
        count.fetch_sub(1, std::memory_order_release);
        return;
    }
    accepted.descriptor.release();
    serve(std::make_unique<Connection>(std::move(accepted.state), accepted.loop, std::move(socket),
                                       std::move(accepted.peer), accepted.admission,
                                       std::move(accepted.place)));
}

void hand_over(const std::shared_ptr<ServerState>& state, FileDescriptor descriptor,
               SocketAddress address) {
    std::string peer = text_of(address);
    auto place = state->addresses.enter(peer);
    const bool full = !place || state->connections.load(std::memory_order_acquire) >=
                                    state->options.max_connections;
    if (full && state->refused.load(std::memory_order_acquire) >= kMaxRefused) {
        state->metrics.count(Rejection::connections);
        return;
    }
    const int on = 1;
    ::setsockopt(descriptor.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto& count = full ? state->refused : state->connections;
    count.fetch_add(1, std::memory_order_relaxed);
    state->metrics.opened().add();
    LoopState& loop = state->least_loaded();
    loop.load().fetch_add(1, std::memory_order_relaxed);
    Accepted accepted{.state = state,
                      .loop = loop,
                      .protocol = address.storage.ss_family == AF_INET ? tcp::v4() : tcp::v6(),
                      .descriptor = std::move(descriptor),
                      .peer = std::move(peer),
                      .admission = full ? Admission::refused : Admission::admitted,
                      .place = full ? AddressCounts::Place() : *std::move(place)};
    boost::asio::post(loop.context(), [accepted = std::move(accepted)]() mutable {
        begin_to_serve(std::move(accepted));
    });
}

enum class Accept { more, none, exhausted };

Accept accept_one(const std::shared_ptr<ServerState>& state, tcp::acceptor& acceptor) {
    SocketAddress address;
    FileDescriptor accepted(::accept4(acceptor.native_handle(), address.get(), &address.size,
                                      SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (accepted) {
        hand_over(state, std::move(accepted), address);
        return Accept::more;
    }
    switch (errno) {
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            return Accept::exhausted;
        case EAGAIN:
            return Accept::none;
        default:
            // accept(2): the rest are errors of the connection that was about to be accepted.
            return Accept::more;
    }
}

Task<void> accept_all(std::shared_ptr<ServerState> state, std::shared_ptr<tcp::acceptor> acceptor) {
    boost::asio::steady_timer pause(acceptor->get_executor());
    while (acceptor->is_open()) {
        const auto [error] =
            co_await acceptor->async_wait(tcp::acceptor::wait_read, as_tuple(deferred));
        if (error) {
            co_return;
        }
        Accept outcome = Accept::more;
        for (int i = 0; i < kAcceptBatch && outcome == Accept::more; ++i) {
            outcome = accept_one(state, *acceptor);
        }
        if (outcome == Accept::exhausted) {
            telemetry::log(telemetry::Level::warn, "http_accept_exhausted",
                           {{"connections", std::uint64_t{state->connections.load()}}});
            pause.expires_after(kAcceptPause);
            co_await pause.async_wait(as_tuple(deferred));
        }
    }
}

}  // namespace

Result<BoundSocket> bind_and_listen(const std::string& host, std::uint16_t port) {
    SocketAddress address;
    if (!fill_address(address, host, port)) {
        return failure(Errc::invalid,
                       "listen on " + host + ": no IPv4 or IPv6 address, and not localhost");
    }
    BoundSocket bound;
    bound.family = address.storage.ss_family;
    bound.descriptor =
        FileDescriptor(::socket(bound.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int descriptor = bound.descriptor.get();
    if (!bound.descriptor) {
        return std::unexpected(bind_error(host, port, errno));
    }
    const int on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(descriptor, address.get(), address.size) != 0 ||
        ::listen(descriptor, kBacklog) != 0 ||
        ::getsockname(descriptor, address.get(), &address.size) != 0) {
        return std::unexpected(bind_error(host, port, errno));
    }
    bound.port = ntohs(bound.family == AF_INET ? address.v4().sin_port : address.v6().sin6_port);
    return bound;
}

void start_accepting(std::shared_ptr<ServerState> state, BoundSocket bound) {
    auto& loop = state->loops.front()->context();
    auto acceptor = std::make_shared<tcp::acceptor>(loop);
    boost::system::error_code error;
    acceptor->assign(bound.family == AF_INET ? tcp::v4() : tcp::v6(), bound.descriptor.release(),
                     error);
    // Weak: the acceptor belongs to its coroutine, and goes with its loop.
    state->stop_accepting = [weak = std::weak_ptr(acceptor)] {
        if (const auto running = weak.lock()) {
            boost::system::error_code ignored;
            running->close(ignored);
        }
    };
    boost::asio::co_spawn(loop, accept_all(std::move(state), std::move(acceptor)),
                          boost::asio::detached);
}

}  // namespace slipway::http
