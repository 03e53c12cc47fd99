#include "catalogs/cutting_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace slipway::catalogs {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void require(bool condition, const char* what) {
    if (!condition) {
        throw std::runtime_error(what);
    }
}

bool is_readable(int socket) {
    pollfd one{.fd = socket, .events = POLLIN, .revents = 0};
    // Short, so that the end of the proxy is seen.
    return ::poll(&one, 1, 50) > 0;
}

bool send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace

CuttingProxy::CuttingProxy(std::uint16_t server_port) : server_port_(server_port) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    require(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0, "bind");
    require(::listen(listener_, 64) == 0, "listen");
    socklen_t size = sizeof(address);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
}

CuttingProxy::~CuttingProxy() {
    stopping_ = true;
    acceptor_.join();
    for (auto& connection : connections_) {
        connection.join();
    }
    ::close(listener_);
}

void CuttingProxy::accept_all() {
    while (!stopping_) {
        if (is_readable(listener_)) {
            const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            connections_.emplace_back([this, client] { serve(client); });
        }
    }
}

// A statement of the text protocol is one packet, and arrives as one: the client waits for its
// answer before it says anything else.
void CuttingProxy::serve(int client) {
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(server_port_);
    bool open = ::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    std::array<char, 65536> buffer{};
    bool cut_at_answer = false;
    while (open && !stopping_) {
        std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
        if (::poll(both.data(), both.size(), 50) <= 0) {
            continue;
        }
        const bool from_client = both[0].revents != 0;
        const auto count = ::recv(from_client ? client : server, buffer.data(), buffer.size(), 0);
        if (count <= 0) {
            break;
        }
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
        if (!from_client && cut_at_answer) {
            break;
        }
        if (from_client && bytes.ends_with("COMMIT")) {
            const Cut how = next_.exchange(Cut::none);
            cuts_ += how == Cut::none ? 0 : 1;
            if (how == Cut::before_commit) {
                break;
            }
            cut_at_answer = how == Cut::after_commit;
        }
        open = send_all(from_client ? server : client, bytes);
    }
    ::close(server);
    ::close(client);
}

}  // namespace slipway::catalogs
