#include "http/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <csignal>
#include <utility>

#include "http/listener.hpp"
#include "http/server_state.hpp"

namespace slipway::http {

namespace {

using namespace std::chrono_literals;

constexpr auto kDrainPoll = 10ms;
// For handlers to notice that their connections were cut.
constexpr auto kCutGrace = 1s;

enum class Which { idle, all };

// sendfile(2) to a connection whose client has left raises SIGPIPE, which has no flag to turn it
// off and ends a process that did not say otherwise.
void ignore_broken_pipes() {
    struct sigaction current{};
    if (::sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
        std::signal(SIGPIPE, SIG_IGN);
    }
}

// Ends connections on every loop.
void end_connections(const std::shared_ptr<ServerState>& state, Which which) {
    for (std::size_t i = 0; i < state->loops.size(); ++i) {
        boost::asio::post(state->loops[i]->context(), [state, i, which] {
            state->loops[i]->for_each([which](TimedSocket& socket) {
                // Input that nobody has looked at is a request: it gets its answer.
                if (which == Which::all || (socket.phase() == Phase::idle && !socket.has_input())) {
                    socket.cut();
                }
            });
        });
    }
}

void stop_accepting(const std::shared_ptr<ServerState>& state) {
    boost::asio::post(state->loops.front()->context(), [state] {
        if (state->stop_accepting) {
            state->stop_accepting();
        }
    });
}

bool all_gone(const ServerState& state) {
    return state.connections.load(std::memory_order_acquire) +
               state.refused.load(std::memory_order_acquire) ==
           0;
}

Task<bool> wait_until_gone(std::shared_ptr<ServerState> state, SteadyTime deadline) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    while (!all_gone(*state) && std::chrono::steady_clock::now() < deadline) {
        timer.expires_after(kDrainPoll);
        co_await timer.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    }
    co_return all_gone(*state);
}

Task<void> drain_state(std::shared_ptr<ServerState> state, std::chrono::milliseconds deadline) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    state->draining.store(true, std::memory_order_release);
    stop_accepting(state);
    end_connections(state, Which::idle);
    if (co_await wait_until_gone(state, end)) {
        co_return;
    }
    end_connections(state, Which::all);
    co_await wait_until_gone(state, std::chrono::steady_clock::now() + kCutGrace);
}

}  // namespace

class Server::State : public ServerState {
    using ServerState::ServerState;
};

Server::Server(ServerOptions options, runtime::EventLoops& loops, runtime::BlockingPool& blocking,
               runtime::BufferPool& buffers, telemetry::Metrics& metrics, Handler handler,
               ErrorPage error_page)
    : state_(std::make_shared<State>(std::move(options), loops, blocking, buffers, metrics,
                                     std::move(handler), std::move(error_page))) {}

Server::~Server() {
    state_->draining.store(true, std::memory_order_release);
    stop_accepting(state_);
    end_connections(state_, Which::all);
}

Result<> Server::start() {
    ignore_broken_pipes();
    auto bound = bind_and_listen(state_->options.host, state_->options.port);
    if (!bound) {
        return std::unexpected(std::move(bound).error());
    }
    state_->port = bound->port;
    start_accepting(state_, *std::move(bound));
    return {};
}

std::uint16_t Server::port() const {
    return state_->port;
}

Task<void> Server::drain(std::chrono::milliseconds deadline) {
    return drain_state(state_, deadline);
}

std::size_t Server::connections() const {
    return state_->connections.load(std::memory_order_acquire);
}

}  // namespace slipway::http
