// The HTTP/1.1 server: listens, reads heads within limits, hands requests to one handler and writes
// its answers. It knows nothing of uploads, of routes or of who may do what.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"
#include "http/body.hpp"
#include "http/message.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/buffer_pool.hpp"
#include "runtime/event_loops.hpp"
#include "runtime/task.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/request_tag.hpp"

namespace slipway::http {

class Gate;

struct Request {
    RequestHead head;
    RequestBody& body;
    // The id is 16 hexadecimal digits, unique per process, answered as X-Request-Id. The trace is
    // the handler's to fill in.
    telemetry::RequestTag request_id;
    std::string peer;  // address of the client, without port
};

struct Response {
    unsigned status = 200;
    Headers
        headers;  // Content-Length, Date, Connection and X-Request-Id are added by the connection
    ResponseBody body;
    // For HEAD: the length that GET would have had; the body is then empty.
    std::optional<ByteCount> head_length;
};

// Called on the connection's loop, one request of a connection at a time. An exception that leaves
// it is answered 500.
using Handler = std::function<Task<Response>(Request&)>;
// What a request that never reached the handler is answered: broken head (400), head too large
// (431), head too slow (408), too many connections (503), a handler that threw (500).
using ErrorPage = std::function<Response(unsigned status, const std::string& reason)>;

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
    std::size_t max_connections = 10000;
    ByteCount max_head{16 << 10};
    std::chrono::milliseconds head_timeout{10'000};  // from the first byte of a head to its end
    std::chrono::milliseconds idle_timeout{75'000};  // between requests
    std::chrono::milliseconds stall_timeout{
        30'000};  // without one byte of progress in a body, either way
    // For a body that is read whole, as text.
    std::chrono::milliseconds body_timeout{60'000};
    // What a body must bring in a second, on average while it is waited for, once it was waited for
    // as long as body_grace; 0: it need not. What came before counts up to one stall_timeout.
    ByteCount min_body_rate;
    std::chrono::milliseconds body_grace{10'000};
    // Connections at a time from one address, or IPv6 network of 64 bits; 0: as many as there are.
    std::size_t max_per_address = 0;
    // Addresses that stand for many clients: they do not count.
    std::vector<std::string> uncounted_addresses;
    // Looks at requests before the handler; null: there is none.
    Gate* gate = nullptr;
};

// Everything it is given outlives it and the last of its connections; the buffers also outlive the
// loops, since a connection that a stopping loop destroys gives its buffer back.
class Server {
 public:
    Server(ServerOptions options, runtime::EventLoops& loops, runtime::BlockingPool& blocking,
           runtime::BufferPool& buffers, telemetry::Metrics& metrics, Handler handler,
           ErrorPage error_page);
    // Stops accepting and cuts what is left, without waiting for it: drain() first.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds and listens, and begins to accept. The process ignores SIGPIPE from now on unless it
    // handles it. Errors: invalid (address), conflict (in use), forbidden (port).
    Result<> start();
    // The port in use, after start().
    std::uint16_t port() const;

    // Accepts no more; idle connections close; a connection that answers closes after that answer.
    // Completes when none is left, or at the deadline, when what is left is cut. From any loop,
    // once.
    Task<void> drain(std::chrono::milliseconds deadline);

    std::size_t connections() const;

 private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace slipway::http
