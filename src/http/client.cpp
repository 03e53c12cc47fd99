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
    explicit State(ClientOptions options) : options_(options) {}

    Task<Result<ClientResponse>> send(ClientRequest request, BodySink sink) {
        const auto url = parse_client_url(request.url);
        if (!url) {
            co_return std::unexpected(url.error());
        }
        if (auto idle = take_idle(url->authority)) {
            auto outcome = co_await exchange(*idle, *url, request, sink);
            release(url->authority, std::move(idle), outcome);
            if (!is_replayable(request, outcome)) {
                co_return std::move(outcome.response);
            }
        }
        auto connection = std::make_shared<ClientConnection>(
            co_await boost::asio::this_coro::executor, options_.stall_timeout);
        auto connected =
            co_await connection->connect(url->host, url->port, options_.connect_timeout);
        if (!connected) {
            connection->close();
            co_return std::unexpected(std::move(connected.error()));
        }
        auto outcome = co_await exchange(*connection, *url, request, sink);
        release(url->authority, std::move(connection), outcome);
        co_return std::move(outcome.response);
    }

    void close_idle() {
        for (auto& [authority, connections] : idle_) {
            for (const auto& connection : connections) {
                connection->close();
            }
        }
        idle_.clear();
    }

 private:
    ConnectionPtr take_idle(const std::string& authority) {
        auto& connections = idle_[authority];
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

    void release(const std::string& authority, ConnectionPtr connection,
                 const ExchangeOutcome& outcome) {
        auto& connections = idle_[authority];
        if (!outcome.reusable || connections.size() >= options_.max_idle_per_host) {
            connection->close();
            return;
        }
        connection->rest();
        connections.push_back(std::move(connection));
    }

    const ClientOptions options_;
    std::map<std::string, std::vector<ConnectionPtr>> idle_;
};

Result<> check_client_url(std::string_view url) {
    const auto parsed = parse_client_url(url);
    return parsed ? Result<>() : std::unexpected(parsed.error());
}

Client::Client(ClientOptions options) : state_(std::make_shared<State>(options)) {}

Client::~Client() {
    state_->close_idle();
}

Task<Result<ClientResponse>> Client::send(ClientRequest request, BodySink sink) {
    const auto state = state_;
    co_return co_await state->send(std::move(request), std::move(sink));
}

}  // namespace slipway::http
