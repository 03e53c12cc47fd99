// A load of parts that costs less than any server: blocking threads, one connection each, that send
// one shared buffer to the targets read from standard input (a request target a line), until there
// are no more. It reads answers only as far as their status; anything but 200 ends it with 1. It
// neither signs nor retries.
//
// part_load PORT CONNECTIONS BYTES [HEADER…]: prints {"bytes", "seconds", "p50_ms", "p99_ms"} as
// JSON; the percentiles are of the time from a request's last byte to its answer.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "load_client.hpp"

namespace {

struct Load {
    std::uint16_t port = 0;
    std::string fields;
    std::vector<std::string> targets;
    std::string body;
    // Of each target, in seconds.
    std::vector<double> waits;
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> failed{0};
};

void send_parts(Load& work) {
    const int socket = load::connect_to(work.port);
    const std::string& body = work.body;
    for (auto i = work.next++; i < work.targets.size(); i = work.next++) {
        const std::string head =
            "PUT " + work.targets[i] + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(work.port) +
            "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + work.fields + "\r\n";
        const bool sent =
            socket >= 0 && load::send_all(socket, head) && load::send_all(socket, body);
        const auto begun = std::chrono::steady_clock::now();
        const std::string answer = sent ? load::read_answer(socket) : "";
        work.waits[i] =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        if (!answer.starts_with("HTTP/1.1 200")) {
            std::fprintf(stderr, "part_load: %s\n", answer.empty() ? "no answer" : answer.c_str());
            ++work.failed;
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
    Load work;
    work.port = static_cast<std::uint16_t>(std::strtoul(arguments[1], nullptr, 10));
    work.body = load::random_bytes(std::strtoull(arguments[3], nullptr, 10));
    for (int i = 4; i < count; ++i) {
        work.fields += std::string(arguments[i]) + "\r\n";
    }
    for (std::string line; std::getline(std::cin, line);) {
        work.targets.push_back(line);
    }
    work.waits.resize(work.targets.size());
    const auto started = std::chrono::steady_clock::now();
    {
        std::vector<std::jthread> threads;
        for (auto i = std::strtoul(arguments[2], nullptr, 10); i > 0; --i) {
            threads.emplace_back([&work] { send_parts(work); });
        }
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
    std::ranges::sort(work.waits);
    const auto percentile = [&work](std::size_t percent) {
        return work.waits.empty() ? 0.0 : work.waits[(work.waits.size() - 1) * percent / 100] * 1e3;
    };
    std::printf("{\"bytes\": %zu, \"seconds\": %.6f, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
                work.targets.size() * work.body.size(), seconds.count(), percentile(50),
                percentile(99));
    return work.failed == 0 ? 0 : 1;
}
