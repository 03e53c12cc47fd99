// ScriptedServer: what the far end of a test's connections does, one function per connection, in
// order of connecting. Blocking sockets on a thread of its own; for tests only.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file_descriptor.hpp"
#include "http/test_authority.hpp"

namespace slipway::http {

// One accepted connection. Reading gives up after ten seconds, so that a broken test ends.
class ScriptedPeer {
 public:
    explicit ScriptedPeer(FileDescriptor socket) : socket_(std::move(socket)) {}
    // Speaks TLS, if the client agrees to; else every call meets a closed connection.
    ScriptedPeer(FileDescriptor socket, const TestIdentity& identity);

    // Up to and with the empty line; what came after it is kept for read_bytes(). Empty when the
    // client closed.
    std::string read_head();
    // Exactly so many bytes, less when the client closed.
    std::string read_bytes(std::size_t count);
    void write(std::string_view bytes);
    // Closes with a reset instead of an orderly end.
    void reset();
    bool client_closed() { return read_bytes(1).empty(); }
    // Whether the client closes, or sends something, within this time.
    bool closed_within(std::chrono::milliseconds time);
    // Reads nothing, until the client closes.
    void wait_for_close();

 private:
    bool fill();
    FileDescriptor socket_;
    SslPtr tls_;
    std::string kept_;
};

class ScriptedServer {
 public:
    using Script = std::function<void(ScriptedPeer&)>;
    explicit ScriptedServer(std::vector<Script> scripts);
    // With TLS, under this identity.
    ScriptedServer(std::vector<Script> scripts, TestIdentity identity);
    // Waits until every script has run; scripts that were never connected to are dropped.
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    // http or https, by its address.
    std::string url(std::string_view path) const;
    // How many connections came.
    std::size_t connections() const { return connections_; }

 private:
    void listen();
    void run(const std::vector<Script>& scripts);

    std::optional<TestIdentity> identity_;
    FileDescriptor listener_;
    std::uint16_t port_ = 0;
    std::atomic<std::size_t> connections_{0};
    std::thread thread_;
};

}  // namespace slipway::http
