// What the load programs share: blocking sockets, and answers read as far as their length.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace load {

inline int connect_to(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
        ::close(socket);
        return -1;
    }
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return socket;
}

inline bool send_all(int socket, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

// Reads one answer with a Content-Length, and nothing behind it. Empty when the server closed
// first.
inline std::string read_answer(int socket) {
    std::string text;
    std::size_t whole = std::string::npos;
    while (whole == std::string::npos || text.size() < whole) {
        std::array<char, 4096> buffer;
        const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), 0);
        if (got <= 0) {
            return "";
        }
        text.append(buffer.data(), static_cast<std::size_t>(got));
        const auto end = text.find("\r\n\r\n");
        if (end != std::string::npos && text.starts_with("HTTP/1.1 1")) {
            return text;
        }
        const auto length = text.find("Content-Length: ");
        if (end != std::string::npos && length < end) {
            whole = end + 4 + std::strtoull(text.c_str() + length + 16, nullptr, 10);
        }
    }
    return text;
}

// Bytes that do not compress, the same in every run.
inline std::string random_bytes(std::size_t size) {
    std::vector<std::uint64_t> words(size / sizeof(std::uint64_t));
    std::mt19937_64 random(1);
    for (auto& word : words) {
        word = random();
    }
    return {reinterpret_cast<const char*>(words.data()), words.size() * sizeof(std::uint64_t)};
}

}  // namespace load
