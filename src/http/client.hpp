// The HTTP/1.1 client: pooled keep-alive connections to any number of hosts, deadlines, streamed
// bodies. One attempt per call: retrying is the caller's decision.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "base/units.hpp"
#include "http/body.hpp"
#include "http/message.hpp"
#include "runtime/task.hpp"

namespace slipway::http {

struct ClientOptions {
    std::size_t max_idle_per_host = 16;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds stall_timeout{30'000};  // without one byte of progress, either way
};

// Looks at the head of the final answer before its body is taken; an error ends the exchange and is
// its error.
using HeadCheck = std::function<Result<>(unsigned status, const Headers& headers)>;

struct ClientRequest {
    Method method = Method::get;
    std::string url;  // http://host[:port]/path?query
    Headers headers;
    // Nothing, a text, or a stream (sent with its Content-Length).
    std::variant<std::monostate, std::string, StreamBody> body;
    HeadCheck check_head = nullptr;
};

// Where a response body goes when it is not collected: called with each piece, in order; an error
// ends the exchange.
using BodySink = std::function<Task<Result<>>(std::span<const std::byte>)>;

struct ClientResponse {
    unsigned status = 0;
    Headers headers;
    std::string body;  // empty when a sink took it
};

// Whether send() can speak to such a URL. Errors: invalid, unsupported.
Result<> check_client_url(std::string_view url);

// Used on one event loop. Calls may overlap; each takes a connection of its own.
class Client {
 public:
    explicit Client(ClientOptions options = {});
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Any status is a value. Errors: invalid (the URL), unsupported (its scheme), unavailable (no
    // connection, or it broke before the answer: a request that changes something may have been
    // carried out), deadline_exceeded (stalled), too_large (a collected body over 64 MiB), and what
    // a stream or the sink failed with. A final answer that comes while the body is still being
    // sent ends the sending and is returned. A body is collected into the response unless `sink` is
    // given and the status is 2xx.
    Task<Result<ClientResponse>> send(ClientRequest request, BodySink sink = nullptr);

 private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace slipway::http
