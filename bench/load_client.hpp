// What the load programs share: blocking sockets, and answers read as far as their length.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
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

inline double seconds_of(const timespec& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Of the clock that stamps what arrives.
inline double now() {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    return seconds_of(time);
}

// From now on receive_stamped() can tell when the kernel took an answer in, which may be long
// before this thread gets a processor to read it with.
inline void stamp_arrivals(int socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

// What recvmsg(2) says of the arrival of the bytes; now where the socket is not stamped.
inline double arrival_of(msghdr& message) {
    for (auto* control = CMSG_FIRSTHDR(&message); control != nullptr;
         control = CMSG_NXTHDR(&message, control)) {
        if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS) {
            timespec time{};
            std::memcpy(&time, CMSG_DATA(control), sizeof(time));
            return seconds_of(time);
        }
    }
    return now();
}

// recv(2) onto the end of `text`, and when the kernel took it in.
inline ssize_t receive_stamped(int socket, std::string& text, double& arrived) {
    std::array<char, 4096> buffer;
    std::array<char, 256> control;
    iovec place{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_iov = &place;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t got = ::recvmsg(socket, &message, 0);
    if (got > 0) {
        arrived = arrival_of(message);
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return got;
}

// Whether it is a whole answer with a Content-Length, or an interim one.
inline bool is_whole(const std::string& text) {
    const auto end = text.find("\r\n\r\n");
    if (end == std::string::npos || text.starts_with("HTTP/1.1 1")) {
        return end != std::string::npos;
    }
    const auto length = text.find("Content-Length: ");
    return length < end &&
           text.size() >= end + 4 + std::strtoull(text.c_str() + length + 16, nullptr, 10);
}

// Reads one answer, and nothing behind it; empty when the server closed first.
inline std::string read_answer(int socket) {
    std::string answer;
    double arrived = 0;
    while (!is_whole(answer)) {
        if (receive_stamped(socket, answer, arrived) <= 0) {
            return {};
        }
    }
    return answer;
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
