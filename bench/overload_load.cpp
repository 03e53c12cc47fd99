// Requests that come at a fixed rate, whether the server keeps up or not. One thread serves every
// connection, so that the server competes with one client thread for the processors and not with as
// many as there are connections. An arrival for which no connection is free is late, not lost: it
// waits for one, and is told as the server's delay only once it is sent.
//
// overload_load PORT RATE SECONDS CONNECTIONS BYTES MODE < TARGETS: prints as JSON what was
// offered, stored and refused each second, the percentiles of the time from a request's head to its
// refusal (until the kernel has it for this program, however long that waits for a processor then),
// and the processor time that this program took. A rate of 1e9 or more is none: each connection
// sends its next request when it has its answer, or soon after a refusal. MODE is "at-once": the
// body follows its head without waiting, and stops where a refusal says that the connection closes;
// or "expect": bodies wait for 100 Continue.
#include <sys/epoll.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <deque>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "overload_client.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr double kClosedLoop = 1e9;
constexpr Seconds kPause{0.001};
// For the answers to what was sent last.
constexpr Seconds kPatience{20};
struct Options {
    double rate = 0;
    double seconds = 0;
    std::size_t connections = 0;
    load::ClientOptions client;
};

struct Tally {
    std::vector<double> stored;   // when, in seconds from the beginning
    std::vector<double> refused;  // how long it took
    std::uint64_t failed = 0;
    std::uint64_t out_of_targets = 0;
};

double processor_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double percentile(const std::vector<double>& sorted, double share) {
    return sorted.empty()
               ? 0
               : sorted[static_cast<std::size_t>(static_cast<double>(sorted.size() - 1) * share)];
}

// The arrivals, and the connections that take them.
class Load {
 public:
    Load(const Options& options, std::vector<std::string> targets)
        : options_(options), targets_(std::move(targets)), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
        for (std::size_t i = 0; i < options.connections; ++i) {
            clients_.push_back(std::make_unique<load::OverloadClient>(options.client, poll_));
            free_.push_back(clients_.back().get());
        }
    }

    void run() {
        const double before = processor_seconds();
        begun_ = Clock::now();
        while (elapsed() < options_.seconds && tally_.out_of_targets == 0) {
            start_what_is_due();
            wait_until(next_start());
        }
        const double end = elapsed() + kPatience.count();
        while (busy_ > 0 && elapsed() < end) {
            wait_until(end);
        }
        tally_.failed += busy_;
        took_ = elapsed();
        processor_seconds_ = processor_seconds() - before;
    }

    // Whether everything was answered.
    bool print() const;

 private:
    double elapsed() const { return Seconds(Clock::now() - begun_).count(); }
    bool closed_loop() const { return options_.rate >= kClosedLoop; }
    double due() const { return static_cast<double>(arrivals_) / options_.rate; }

    void start_what_is_due() {
        const double now = elapsed();
        while (!paused_.empty() && paused_.front().first <= now) {
            free_.push_back(paused_.front().second);
            paused_.pop_front();
        }
        while (!free_.empty() && due() <= now) {
            if (targets_.empty()) {
                ++tally_.out_of_targets;
                return;
            }
            load::OverloadClient* client = free_.front();
            free_.pop_front();
            ++arrivals_;
            ++busy_;
            std::string target = std::move(targets_.back());
            targets_.pop_back();
            note(client, client->begin(std::move(target)));
        }
    }

    // When there is something to start that only time brings.
    double next_start() const {
        const double freed = !free_.empty()    ? 0
                             : paused_.empty() ? options_.seconds
                                               : paused_.front().first;
        return std::min(options_.seconds, std::max(freed, due()));
    }

    void wait_until(double then) {
        const double left = std::max(0.0, then - elapsed());
        const timespec timeout{static_cast<time_t>(left),
                               static_cast<long>((left - std::floor(left)) * 1e9)};
        epoll_event events[64];
        const int count = ::epoll_pwait2(poll_, events, 64, &timeout, nullptr);
        for (int i = 0; i < count; ++i) {
            auto* client = static_cast<load::OverloadClient*>(events[i].data.ptr);
            note(client, client->go_on(events[i].events));
        }
    }

    void note(load::OverloadClient* client, load::End end) {
        if (end == load::End::pending) {
            return;
        }
        --busy_;
        if (end == load::End::stored) {
            tally_.stored.push_back(elapsed());
        } else if (end == load::End::refused) {
            tally_.refused.push_back(client->took());
            targets_.push_back(client->take_target());
        } else {
            ++tally_.failed;
        }
        if (closed_loop() && end == load::End::refused) {
            paused_.emplace_back(elapsed() + kPause.count(), client);
        } else {
            free_.push_back(client);
        }
    }

    const Options& options_;
    std::vector<std::string> targets_;
    const int poll_;
    std::vector<std::unique_ptr<load::OverloadClient>> clients_;
    std::deque<load::OverloadClient*> free_;
    std::deque<std::pair<double, load::OverloadClient*>> paused_;
    Clock::time_point begun_;
    std::uint64_t arrivals_ = 0;
    std::size_t busy_ = 0;
    Tally tally_;
    double took_ = 0;
    double processor_seconds_ = 0;
};

bool Load::print() const {
    std::vector<std::uint64_t> by_second(static_cast<std::size_t>(took_) + 1);
    for (const double when : tally_.stored) {
        ++by_second[static_cast<std::size_t>(when)];
    }
    auto refused = tally_.refused;
    std::ranges::sort(refused);
    std::printf(
        "{\"seconds\": %.3f, \"stored\": %zu, \"refused\": %zu, \"failed\": %llu, "
        "\"out_of_targets\": %llu, \"refused_p50_ms\": %.3f, \"refused_p99_ms\": %.3f, "
        "\"processor_seconds\": %.6f, \"stored_each_second\": [",
        took_, tally_.stored.size(), tally_.refused.size(),
        static_cast<unsigned long long>(tally_.failed),
        static_cast<unsigned long long>(tally_.out_of_targets), percentile(refused, 0.5) * 1e3,
        percentile(refused, 0.99) * 1e3, processor_seconds_);
    for (std::size_t i = 0; i < by_second.size(); ++i) {
        std::printf("%s%llu", i == 0 ? "" : ", ", static_cast<unsigned long long>(by_second[i]));
    }
    std::puts("]}");
    return tally_.failed == 0 && tally_.out_of_targets == 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 7) {
        std::fputs("usage: overload_load PORT RATE SECONDS CONNECTIONS BYTES MODE < TARGETS\n",
                   stderr);
        return 2;
    }
    const Options options{
        .rate = std::strtod(arguments[2], nullptr),
        .seconds = std::strtod(arguments[3], nullptr),
        .connections = std::strtoul(arguments[4], nullptr, 10),
        .client = {.port = static_cast<std::uint16_t>(std::strtoul(arguments[1], nullptr, 10)),
                   .expects = std::string_view(arguments[6]) == "expect",
                   .body = load::random_bytes(std::strtoull(arguments[5], nullptr, 10))}};
    std::vector<std::string> targets;
    for (std::string line; std::getline(std::cin, line);) {
        targets.push_back(line);
    }
    Load load(options, std::move(targets));
    load.run();
    return load.print() ? 0 : 1;
}
