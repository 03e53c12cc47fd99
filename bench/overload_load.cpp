// Requests that come at a fixed rate, whether the server keeps up or not: small parts, sent at once
// with their heads, as most clients do; a refusal leaves the connection open. An arrival for which
// no connection is free is late, not lost: it waits for one, and is told as the server's delay only
// once it is sent.
//
// overload_load PORT RATE SECONDS CONNECTIONS BYTES MODE < TARGETS: prints as JSON what was
// offered, stored and refused each second, and the percentiles of the time from a request's head to
// its refusal: until the kernel has it for this program, however long that waits for a processor
// then. MODE is "at-once", or "expect": bodies wait for 100 Continue, and a refusal ends the
// connection.
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "load_client.hpp"

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kClosedLoop = 1e9;
constexpr std::chrono::milliseconds kPause{1};

struct Work {
    std::uint16_t port = 0;
    double rate = 0;
    double seconds = 0;
    bool expects = false;
    std::string body;
    std::vector<std::string> targets;
    Clock::time_point begun;

    std::atomic<std::uint64_t> arrivals{0};
    std::mutex mutex;
    std::vector<double> stored;   // when, in seconds from the beginning
    std::vector<double> refused;  // how long it took
    std::uint64_t failed = 0;
    std::uint64_t out_of_targets = 0;
};

double since(Clock::time_point then) {
    return std::chrono::duration<double>(Clock::now() - then).count();
}

void wait_until(Clock::time_point then) {
    const auto since_boot = then.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
    const timespec until{seconds.count(), (since_boot - seconds).count()};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

// The next target that nothing is stored under.
bool take_target(Work& work, std::string& target) {
    const std::scoped_lock lock(work.mutex);
    if (work.targets.empty()) {
        ++work.out_of_targets;
        return false;
    }
    target = std::move(work.targets.back());
    work.targets.pop_back();
    return true;
}

enum class End { stored, refused, failed };

std::string head_for(const Work& work, const std::string& target) {
    return "PUT " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(work.port) +
           "\r\nContent-Length: " + std::to_string(work.body.size()) +
           (work.expects ? "\r\nExpect: 100-continue\r\n\r\n" : "\r\n\r\n");
}

load::Answer ask(const Work& work, int socket, const std::string& target) {
    bool sent = load::send_all(socket, head_for(work, target));
    if (sent && work.expects) {
        auto answer = load::read_stamped(socket);
        if (!answer.text.starts_with("HTTP/1.1 100")) {
            return answer;
        }
    }
    sent = sent && load::send_all(socket, work.body);
    return sent ? load::read_stamped(socket) : load::Answer{};
}

// One request on the connection, which is opened where it is not.
End send_one(const Work& work, int& socket, const std::string& target, double& took) {
    if (socket < 0) {
        socket = load::connect_to(work.port);
        load::stamp_arrivals(socket);
    }
    const double begun = load::now();
    const auto [answer, arrived] = socket < 0 ? load::Answer{} : ask(work, socket, target);
    took = arrived - begun;
    if (answer.starts_with("HTTP/1.1 200")) {
        return End::stored;
    }
    const bool refused = answer.starts_with("HTTP/1.1 503") || answer.starts_with("HTTP/1.1 429");
    if (!refused) {
        std::fprintf(stderr, "overload_load: %.200s\n",
                     answer.empty() ? "no answer" : answer.c_str());
    }
    if (!refused || answer.contains("Connection: close")) {
        ::close(socket);
        socket = -1;
    }
    return refused ? End::refused : End::failed;
}

void serve_arrivals(Work& work) {
    int socket = -1;
    std::string target;
    // A rate that is none: each client's next one when it has its answer, or soon after a refusal.
    const bool closed = work.rate >= kClosedLoop;
    for (;;) {
        const double due = static_cast<double>(work.arrivals++) / work.rate;
        if (due >= work.seconds || since(work.begun) >= work.seconds ||
            !take_target(work, target)) {
            break;
        }
        wait_until(work.begun +
                   std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(due)));
        double took = 0;
        const End end = send_one(work, socket, target, took);
        if (closed && end == End::refused) {
            wait_until(Clock::now() + kPause);
        }
        const std::scoped_lock lock(work.mutex);
        if (end == End::stored) {
            work.stored.push_back(since(work.begun));
        } else if (end == End::refused) {
            work.refused.push_back(took);
            work.targets.push_back(std::move(target));
        } else {
            ++work.failed;
        }
    }
    if (socket >= 0) {
        ::close(socket);
    }
}

double percentile(std::vector<double>& sorted, double share) {
    return sorted.empty()
               ? 0
               : sorted[static_cast<std::size_t>(static_cast<double>(sorted.size() - 1) * share)];
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 7) {
        std::fputs("usage: overload_load PORT RATE SECONDS CONNECTIONS BYTES MODE < TARGETS\n",
                   stderr);
        return 2;
    }
    Work work;
    work.port = static_cast<std::uint16_t>(std::strtoul(arguments[1], nullptr, 10));
    work.rate = std::strtod(arguments[2], nullptr);
    work.seconds = std::strtod(arguments[3], nullptr);
    work.body = load::random_bytes(std::strtoull(arguments[5], nullptr, 10));
    work.expects = std::string_view(arguments[6]) == "expect";
    for (std::string line; std::getline(std::cin, line);) {
        work.targets.push_back(line);
    }
    work.begun = Clock::now();
    {
        std::vector<std::jthread> threads;
        for (auto i = std::strtoul(arguments[4], nullptr, 10); i > 0; --i) {
            threads.emplace_back([&work] { serve_arrivals(work); });
        }
    }
    const double took = since(work.begun);
    std::vector<std::uint64_t> by_second(static_cast<std::size_t>(took) + 1);
    for (const double when : work.stored) {
        ++by_second[static_cast<std::size_t>(when)];
    }
    std::ranges::sort(work.refused);
    std::printf(
        "{\"seconds\": %.3f, \"stored\": %zu, \"refused\": %zu, \"failed\": %llu, "
        "\"out_of_targets\": %llu, \"refused_p50_ms\": %.3f, \"refused_p99_ms\": %.3f, "
        "\"stored_each_second\": [",
        took, work.stored.size(), work.refused.size(), static_cast<unsigned long long>(work.failed),
        static_cast<unsigned long long>(work.out_of_targets), percentile(work.refused, 0.5) * 1e3,
        percentile(work.refused, 0.99) * 1e3);
    for (std::size_t i = 0; i < by_second.size(); ++i) {
        std::printf("%s%llu", i == 0 ? "" : ", ", static_cast<unsigned long long>(by_second[i]));
    }
    std::puts("]}");
    return work.failed == 0 && work.out_of_targets == 0 ? 0 : 1;
}
