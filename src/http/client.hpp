// The HTTP/1.1 client, plain and over TLS: pooled keep-alive connections to any number of hosts,
// deadlines, streamed bodies. One attempt per call: retrying is the caller's decision. Redirects
// are answers like others, and no proxy is used.
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

// Where connections may go.
enum class AddressRule {
    any,
    public_only,  // only where every address of the host is of the public internet
};

struct ClientOptions {
    std::size_t max_idle_per_host = 16;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds stall_timeout{30'000};  // without one byte of progress, either way
    std::chrono::milliseconds total_timeout{0};       // of one exchange; 0: none
    ByteCount collect_limit = 64_MiB;                 // of a body that is collected
    // File or directory with the certificates of the authorities that https trusts; empty: those of
    // the system.
    std::string ca = {};
    AddressRule addresses = AddressRule::any;
};

// Looks at the head of the final answer before its body is taken; an error ends the exchange and is
// its error.
using HeadCheck = std::function<Result<>(unsigned status, const Headers& headers)>;

struct ClientRequest {
    Method method = Method::get;
    std::string url;  // http[s]://host[:port]/path?query
    Headers headers;
    // Nothing, a text, or a stream (sent with its Content-Length).
    std::variant<std::monostate, std::string, StreamBody> body;
    HeadCheck check_head = nullptr;
    std::chrono::milliseconds time_limit{0};  // instead of ClientOptions::total_timeout; 0: that
    // Set before the first byte is sent: what failed while it is not set, the server has not seen.
    bool* began = nullptr;
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
// Whether there are authorities at ClientOptions::ca. Errors: invalid.
Result<> check_authorities(const std::string& ca);

// Used on one event loop. Calls may overlap; each takes a connection of its own.
class Client {
 public:
    explicit Client(ClientOptions options = {});
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Any status is a value. Errors: invalid (the URL), unsupported (its scheme), unavailable (no
    // connection, or it broke before the answer: a request that changes something may have been
    // carried out), deadline_exceeded (stalled), untrusted (the server did not prove by a
    // certificate to be the host of the URL), forbidden (the rule of addresses), too_large (a
    // collected body over the limit), and what a stream or the sink failed with. A final answer
    // that comes while the body is still being sent ends the sending and is returned. A body is
    // collected into the response unless `sink` is given and the status is 2xx.
    Task<Result<ClientResponse>> send(ClientRequest request, BodySink sink = nullptr);

    // Ends every exchange, and those that begin later, with Errc::cancelled. Thread-safe.
    void stop();

 private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace slipway::http
