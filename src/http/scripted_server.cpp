#include "http/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstdlib>

namespace slipway::http {

ScriptedPeer::ScriptedPeer(FileDescriptor socket, const TestIdentity& identity)
    : socket_(std::move(socket)), tls_(identity.accept(socket_.get())) {
    if (!tls_) {
        socket_ = FileDescriptor();
    }
}

bool ScriptedPeer::fill() {
    std::array<char, 65536> buffer{};
    const ssize_t count = tls_
                              ? SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()))
                              : ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0) {
        return false;
    }
    kept_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

std::string ScriptedPeer::read_head() {
    std::size_t end = kept_.find("\r\n\r\n");
    while (end == std::string::npos) {
        if (!fill()) {
            return {};
        }
        end = kept_.find("\r\n\r\n");
    }
    auto head = kept_.substr(0, end + 4);
    kept_.erase(0, end + 4);
    return head;
}

std::string ScriptedPeer::read_bytes(std::size_t count) {
    while (kept_.size() < count && fill()) {
    }
    auto bytes = kept_.substr(0, count);
    kept_.erase(0, bytes.size());
    return bytes;
}

void ScriptedPeer::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count =
            tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                 : ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            return;
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void ScriptedPeer::reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    socket_ = FileDescriptor();
}

bool ScriptedPeer::closed_within(std::chrono::milliseconds time) {
    pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, static_cast<int>(time.count())) != 0;
}

void ScriptedPeer::wait_for_close() {
    pollfd waiting{.fd = socket_.get(), .events = POLLRDHUP, .revents = 0};
    static_cast<void>(::poll(&waiting, 1, 10'000));
}

ScriptedServer::ScriptedServer(std::vector<Script> scripts)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    listen();
    thread_ = std::thread([this, scripts = std::move(scripts)] { run(scripts); });
}

ScriptedServer::ScriptedServer(std::vector<Script> scripts, TestIdentity identity)
    : identity_(std::move(identity)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    listen();
    thread_ = std::thread([this, scripts = std::move(scripts)] { run(scripts); });
}

void ScriptedServer::listen() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, length) != 0 || ::listen(listener_.get(), 64) != 0 ||
        ::getsockname(listener_.get(), generic, &length) != 0) {
        std::abort();
    }
    port_ = ntohs(address.sin_port);
}

ScriptedServer::~ScriptedServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
}

std::string ScriptedServer::url(std::string_view path) const {
    return std::string(identity_ ? "https" : "http") + "://127.0.0.1:" + std::to_string(port_) +
           std::string(path);
}

void ScriptedServer::run(const std::vector<Script>& scripts) {
    std::vector<std::thread> running;
    for (const auto& script : scripts) {
        FileDescriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!socket) {
            break;
        }
        ++connections_;
        const timeval limit{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        running.emplace_back([this, &script, socket = std::move(socket)]() mutable {
            ScriptedPeer peer = identity_ ? ScriptedPeer(std::move(socket), *identity_)
                                          : ScriptedPeer(std::move(socket));
            script(peer);
        });
    }
    for (auto& thread : running) {
        thread.join();
    }
}

}  // namespace slipway::http
