#include "http/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstdlib>

namespace slipway::http {

bool ScriptedPeer::fill() {
    std::array<char, 65536> buffer{};
    const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
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
        const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
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

ScriptedServer::ScriptedServer(std::vector<Script> scripts)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
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
    thread_ = std::thread([this, scripts = std::move(scripts)] { run(scripts); });
}

ScriptedServer::~ScriptedServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
}

std::string ScriptedServer::url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
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
        running.emplace_back([&script, socket = std::move(socket)]() mutable {
            ScriptedPeer peer(std::move(socket));
            script(peer);
        });
    }
    for (auto& thread : running) {
        thread.join();
    }
}

}  // namespace slipway::http
