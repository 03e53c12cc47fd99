#include "http/client.hpp"

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "http/client_exchange.hpp"

namespace slipway::http {

namespace {

using ConnectionPtr = std::shared_ptr<ClientConnection>;

bool is_idempotent(Method method) {
    return method != Method::post && method != Method::patch;
}

// Whether the request can be sent again after an idle connection turned out to be dead under it.
bool is_replayable(const ClientRequest& request, const ExchangeOutcome& outcome) {
    return is_idempotent(request.method) && !outcome.stream_touched && !outcome.answer_began &&
           !outcome.response && outcome.response.error().code == Errc::unavailable;
}

}  // namespace

class Client::State {
 public:
    explicit State(ClientOptions options) : options_(std::move(options)) {}
    ~State() { close_idle(); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    Task<Result<ClientResponse>> send(ClientRequest request, BodySink sink) {
        const boost::asio::any_io_executor loop = co_await boost::asio::this_coro::executor;
        note_loop(loop);
        if (stopped_) {
            co_return failure(Errc::cancelled, "the client was stopped");
        }
        auto response = co_await send_once(std::move(request), std::move(sink), loop);
        if (stopped_ && !response) {
            co_return failure(Errc::cancelled, "the client was stopped");
        }
        co_return response;
    }

    void stop(std::shared_ptr<State> self) {
        stopped_ = true;
        const std::scoped_lock lock(mutex_);
        if (loop_) {
            // Connections are touched on their loop only.
            boost::asio::post(*loop_, [self = std::move(self)] { self->close_all(); });
        }
    }

    void close_idle() {
        for (auto& [server, connections] : idle_) {
            for (const auto& connection : connections) {
                connection->close();
            }
        }
        idle_.clear();
    }

 private:
    void note_loop(const boost::asio::any_io_executor& loop) {
        const std::scoped_lock lock(mutex_);
        loop_ = loop;
    }

    void close_all() {
        close_idle();
        for (const auto& connection : under_way_) {
            connection->close();
        }
    }

    Task<Result<ClientResponse>> send_once(ClientRequest request, BodySink sink,
                                           boost::asio::any_io_executor loop) {
        const auto url = parse_client_url(request.url);
        if (!url) {
            co_return std::unexpected(url.error());
        }
        const std::string server = server_of(*url);
        if (auto idle = take_idle(server)) {
            auto outcome = co_await exchange_over(idle, *url, request, sink);
            release(server, std::move(idle), outcome);
            if (!is_replayable(request, outcome) || stopped_) {
                co_return std::move(outcome.response);
            }
        }
        auto connection =
            std::make_shared<ClientConnection>(std::move(loop), options_.stall_timeout);
        if (auto connected = co_await connect(connection, *url); !connected) {
            connection->close();
            co_return std::unexpected(std::move(connected.error()));
        }
        auto outcome = co_await exchange_over(connection, *url, request, sink);
        release(server, std::move(connection), outcome);
        co_return std::move(outcome.response);
    }

    // What a connection can be used again for: the same server, spoken to in the same way.
    static std::string server_of(const ClientUrl& url) {
        return (url.scheme == Scheme::https ? "https://" : "http://") + url.authority;
    }

    Task<Result<>> connect(ConnectionPtr connection, const ClientUrl& url) {
        Destination destination{
            .host = url.host, .port = url.port, .addresses = options_.addresses};
        if (url.scheme == Scheme::https) {
            if (!tls_) {
                auto made = TlsContext::make(options_.ca);
                if (!made) {
                    co_return std::unexpected(std::move(made.error()));
                }
                tls_ = std::move(*made);
            }
            destination.tls = tls_;
        }
        under_way_.insert(connection);
        auto connected =
            co_await connection->connect(std::move(destination), options_.connect_timeout);
        under_way_.erase(connection);
        co_return connected;
    }

    Task<ExchangeOutcome> exchange_over(ConnectionPtr connection, const ClientUrl& url,
                                        const ClientRequest& request, const BodySink& sink) {
        const auto limit =
            request.time_limit.count() > 0 ? request.time_limit : options_.total_timeout;
        if (limit.count() > 0) {
            connection->end_by(std::chrono::steady_clock::now() + limit);
        }
        const BodyTaking taking{sink, options_.collect_limit};
        under_way_.insert(connection);
        auto outcome = co_await exchange(*connection, url, request, taking);
        under_way_.erase(connection);
        co_return outcome;
    }

    ConnectionPtr take_idle(const std::string& server) {
        auto& connections = idle_[server];
        while (!connections.empty()) {
            // The last one used is the least likely to have been closed meanwhile.
            auto connection = std::move(connections.back());
            connections.pop_back();
            if (connection->is_quiet()) {
                return connection;
            }
            connection->close();
        }
        return nullptr;
    }

    void release(const std::string& server, ConnectionPtr connection,
                 const ExchangeOutcome& outcome) {
        auto& connections = idle_[server];
        if (!outcome.reusable || stopped_ || connections.size() >= options_.max_idle_per_host) {
            connection->close();
            return;
        }
        connection->rest();
        connections.push_back(std::move(connection));
    }

    const ClientOptions options_;
    std::map<std::string, std::vector<ConnectionPtr>> idle_;
    std::set<ConnectionPtr> under_way_;
    std::shared_ptr<TlsContext> tls_;
    std::atomic<bool> stopped_{false};
    // Guards what stop() shares with the loop.
    std::mutex mutex_;
    std::optional<boost::asio::any_io_executor> loop_;
};

Result<> check_client_url(std::string_view url) {
    const auto parsed = parse_client_url(url);
    return parsed ? Result<>() : std::unexpected(parsed.error());
}

Result<> check_authorities(const std::string& ca) {
    const auto made = TlsContext::make(ca);
    return made ? Result<>() : std::unexpected(made.error());
}

Client::Client(ClientOptions options) : state_(std::make_shared<State>(std::move(options))) {}

Client::~Client() {
    state_->close_idle();
}

void Client::stop() {
    state_->stop(state_);
}

Task<Result<ClientResponse>> Client::send(ClientRequest request, BodySink sink) {
    const auto state = state_;
    co_return co_await state->send(std::move(request), std::move(sink));
}

}  // namespace slipway::http
