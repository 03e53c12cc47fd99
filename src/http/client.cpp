#include "http/client.hpp"

#include <boost/asio/this_coro.hpp>
#include <map>
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
        const auto url = parse_client_url(request.url);
        if (!url) {
            co_return std::unexpected(url.error());
        }
        const std::string server = server_of(*url);
        if (auto idle = take_idle(server)) {
            auto outcome = co_await exchange_over(*idle, *url, request, sink);
            release(server, std::move(idle), outcome);
            if (!is_replayable(request, outcome)) {
                co_return std::move(outcome.response);
            }
        }
        auto connection = std::make_shared<ClientConnection>(
            co_await boost::asio::this_coro::executor, options_.stall_timeout);
        if (auto connected = co_await connect(*connection, *url); !connected) {
            connection->close();
            co_return std::unexpected(std::move(connected.error()));
        }
        auto outcome = co_await exchange_over(*connection, *url, request, sink);
        release(server, std::move(connection), outcome);
        co_return std::move(outcome.response);
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
    // What a connection can be used again for: the same server, spoken to in the same way.
    static std::string server_of(const ClientUrl& url) {
        return (url.scheme == Scheme::https ? "https://" : "http://") + url.authority;
    }

    Task<Result<>> connect(ClientConnection& connection, const ClientUrl& url) {
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
        co_return co_await connection.connect(std::move(destination), options_.connect_timeout);
    }

    Task<ExchangeOutcome> exchange_over(ClientConnection& connection, const ClientUrl& url,
                                        const ClientRequest& request, const BodySink& sink) {
        if (options_.total_timeout.count() > 0) {
            connection.end_by(std::chrono::steady_clock::now() + options_.total_timeout);
        }
        const BodyTaking taking{sink, options_.collect_limit};
        co_return co_await exchange(connection, url, request, taking);
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
        if (!outcome.reusable || connections.size() >= options_.max_idle_per_host) {
            connection->close();
            return;
        }
        connection->rest();
        connections.push_back(std::move(connection));
    }

    const ClientOptions options_;
    std::map<std::string, std::vector<ConnectionPtr>> idle_;
    std::shared_ptr<TlsContext> tls_;
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

Task<Result<ClientResponse>> Client::send(ClientRequest request, BodySink sink) {
    const auto state = state_;
    co_return co_await state->send(std::move(request), std::move(sink));
}

}  // namespace slipway::http
