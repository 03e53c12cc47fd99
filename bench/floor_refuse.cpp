// The floor of turning parts away: one thread that receives a head, sends the same 503 and drops
// the body without looking at it. What slipwayd's refusals cost is told as a ratio to it, and what
// can be stored beside so many refusals follows from it (overload.py). It is no server for use.
//
// floor_refuse: prints its port and serves until it is killed.
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "load_client.hpp"

namespace {

// As long as slipwayd's, and as it does: a longer body than this ends the connection.
constexpr std::uint64_t kKeptBody = 64 << 10;
constexpr std::string_view kKeeping =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
    "Retry-After: 1\r\nContent-Length: 180\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
    "X-Request-Id: 0123456789abcdef\r\n\r\n";
constexpr std::string_view kClosing =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
    "Retry-After: 1\r\nContent-Length: 180\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
    "Connection: close\r\nX-Request-Id: 0123456789abcdef\r\n\r\n";

struct Connection {
    int socket;
    std::uint64_t to_drop = 0;
    bool closing = false;
};

void answer(Connection& connection, std::string_view head, std::size_t got) {
    const auto at = head.find("Content-Length: ");
    const auto length =
        at == std::string_view::npos ? 0 : std::strtoull(head.data() + at + 16, nullptr, 10);
    connection.closing = length > kKeptBody || head.contains("100-continue");
    static const std::string keeping = std::string(kKeeping) + std::string(180, ' ');
    static const std::string closing = std::string(kClosing) + std::string(180, ' ');
    load::send_all(connection.socket, connection.closing ? closing : keeping);
    if (connection.closing) {
        ::shutdown(connection.socket, SHUT_WR);
        connection.to_drop = std::uint64_t{64} << 20;
    } else {
        connection.to_drop = length - std::min<std::uint64_t>(length, got - head.size());
    }
}

// False when the connection is over.
bool serve(Connection& connection) {
    std::array<char, 16 << 10> buffer;
    const ssize_t got =
        connection.to_drop > 0
            ? ::recv(connection.socket, nullptr, connection.to_drop, MSG_DONTWAIT | MSG_TRUNC)
            : ::recv(connection.socket, buffer.data(), buffer.size() - 1, MSG_DONTWAIT);
    if (got <= 0) {
        return got < 0 && errno == EAGAIN;
    }
    if (connection.to_drop > 0) {
        connection.to_drop -= static_cast<std::uint64_t>(got);
        return true;
    }
    // Heads come whole: its clients send them in one piece.
    buffer[static_cast<std::size_t>(got)] = '\0';
    const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    const auto end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        return false;
    }
    answer(connection, text.substr(0, end + 4), text.size());
    return connection.to_drop == 0 || serve(connection);
}

int listen_anywhere() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener, 4096) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        std::perror("floor_refuse");
        std::exit(1);
    }
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return listener;
}

}  // namespace

int main() {
    const int listener = listen_anywhere();
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event accepting{.events = EPOLLIN, .data = {.ptr = nullptr}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, listener, &accepting);
    for (;;) {
        std::array<epoll_event, 64> events;
        const int count = ::epoll_wait(poll, events.data(), events.size(), -1);
        for (int i = 0; i < count; ++i) {
            auto* connection =
                static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
            if (connection == nullptr) {
                connection = new Connection{::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)};
                epoll_event event{.events = EPOLLIN, .data = {.ptr = connection}};
                ::epoll_ctl(poll, EPOLL_CTL_ADD, connection->socket, &event);
            } else if (!serve(*connection)) {
                ::close(connection->socket);
                delete connection;
            }
        }
    }
}
