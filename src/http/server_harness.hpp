// For tests: a real server on a free port of the loopback, and a client that sends and reads raw
// bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_descriptor.hpp"
#include "http/server.hpp"

namespace slipway::http {

// An answer as it came: head with its empty line, and as many bytes of body as the head states.
struct RawAnswer {
    unsigned status = 0;
    std::string head;
    std::string body;

    std::string field(std::string_view name) const;
};

class RawClient {
 public:
    explicit RawClient(std::uint16_t port, const std::string& host = "127.0.0.1");

    void send(std::string_view bytes);
    // False when the peer has closed.
    bool try_send(std::string_view bytes);
    void shutdown_send();
    // Nothing when the connection ends before the answer does. The body is left out for an answer
    // to HEAD.
    std::optional<RawAnswer> read_answer(Method method = Method::get);
    std::optional<std::string> read_head();
    // All that comes until the end of the connection.
    std::string read_to_end();
    // Whether the connection ends without another byte.
    bool ends();
    // At most `limit` bytes; empty at the end.
    std::string read_some(std::size_t limit);
    void set_receive_buffer(int bytes);
    void set_read_timeout(std::chrono::milliseconds time);
    void close() { socket_ = FileDescriptor(); }

 private:
    FileDescriptor socket_;
    std::string held_;
};

class ServerHarness {
 public:
    explicit ServerHarness(Handler handler, ServerOptions options = {}, ByteCount buffers = 64_MiB);
    ~ServerHarness();

    Server& server() { return *server_; }
    std::uint16_t port() const { return server_->port(); }
    RawClient client() const { return RawClient(port()); }
    RawAnswer ask(std::string_view request) const;
    runtime::BufferPool& buffers() { return buffers_; }
    runtime::EventLoops& loops() { return loops_; }
    void drain(std::chrono::milliseconds deadline);
    // The value of one line of the metrics, such as `slipway_http_connections`.
    std::string metric(const std::string& series) const;

 private:
    telemetry::Metrics metrics_;
    runtime::BufferPool buffers_;
    runtime::BlockingPool blocking_;
    runtime::EventLoops loops_;
    std::unique_ptr<Server> server_;
    bool drained_ = false;
};

// Whether it becomes true within ten seconds.
bool eventually(const std::function<bool()>& condition);

// Answers by path: see server_harness.cpp.
Task<Response> serve_standard(Request& request);

}  // namespace slipway::http
