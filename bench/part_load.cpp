// A load of parts that costs less than any server: blocking threads, one connection each, that send
// one shared buffer to the targets read from standard input (a request target a line), until there
// are no more. It reads answers only as far as their status; anything but 200 ends it with 1. It
// neither signs nor retries.
//
// part_load PORT CONNECTIONS BYTES [HEADER…]: prints {"bytes", "seconds", "p50_ms", "p99_ms"} as
// JSON; the percentiles are of the time from a request's last byte to its answer.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

struct Load {
    std::uint16_t port = 0;
    std::string fields;
    std::vector<std::string> targets;
    std::vector<std::uint64_t> body;
    // Of each target, in seconds.
    std::vector<double> waits;
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> failed{0};
};

int connect_to(std::uint16_t port) {
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

bool send_all(int socket, std::string_view text) {
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
std::string read_answer(int socket) {
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
        const auto length = text.find("Content-Length: ");
        if (end != std::string::npos && length < end) {
            whole = end + 4 + std::strtoull(text.c_str() + length + 16, nullptr, 10);
        }
    }
    return text;
}

void send_parts(Load& load) {
    const int socket = connect_to(load.port);
    const std::string_view body(reinterpret_cast<const char*>(load.body.data()),
                                load.body.size() * sizeof(std::uint64_t));
    for (auto i = load.next++; i < load.targets.size(); i = load.next++) {
        const std::string head =
            "PUT " + load.targets[i] + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(load.port) +
            "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + load.fields + "\r\n";
        const bool sent = socket >= 0 && send_all(socket, head) && send_all(socket, body);
        const auto begun = std::chrono::steady_clock::now();
        const std::string answer = sent ? read_answer(socket) : "";
        load.waits[i] =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        if (!answer.starts_with("HTTP/1.1 200")) {
            std::fprintf(stderr, "part_load: %s\n", answer.empty() ? "no answer" : answer.c_str());
            ++load.failed;
            break;
        }
    }
    ::close(socket);
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 4) {
        std::fputs("usage: part_load PORT CONNECTIONS BYTES [HEADER…] < TARGETS\n", stderr);
        return 2;
    }
    Load load;
    load.port = static_cast<std::uint16_t>(std::strtoul(arguments[1], nullptr, 10));
    load.body.resize(std::strtoull(arguments[3], nullptr, 10) / sizeof(std::uint64_t));
    std::mt19937_64 random(1);
    for (auto& word : load.body) {
        word = random();
    }
    for (int i = 4; i < count; ++i) {
        load.fields += std::string(arguments[i]) + "\r\n";
    }
    for (std::string line; std::getline(std::cin, line);) {
        load.targets.push_back(line);
    }
    load.waits.resize(load.targets.size());
    const auto started = std::chrono::steady_clock::now();
    {
        std::vector<std::jthread> threads;
        for (auto i = std::strtoul(arguments[2], nullptr, 10); i > 0; --i) {
            threads.emplace_back([&load] { send_parts(load); });
        }
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
    std::ranges::sort(load.waits);
    const auto percentile = [&load](std::size_t percent) {
        return load.waits.empty() ? 0.0 : load.waits[(load.waits.size() - 1) * percent / 100] * 1e3;
    };
    std::printf("{\"bytes\": %zu, \"seconds\": %.6f, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
                load.targets.size() * load.body.size() * sizeof(std::uint64_t), seconds.count(),
                percentile(50), percentile(99));
    return load.failed == 0 ? 0 : 1;
}
