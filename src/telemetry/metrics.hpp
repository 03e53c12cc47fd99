// Counters, gauges and histograms, and their Prometheus text form. Names and labels are fixed at compile time, so that
// the number of series is bounded.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::telemetry {

class Counter {
 public:
    void add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
    std::atomic<std::uint64_t> value_{0};
};

// Counts observations by upper bound; the bounds rise.
class Histogram {
 public:
    explicit Histogram(std::span<const double> bounds);
    void observe(double value);

 private:
    friend class Metrics;
    std::vector<double> bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;  // one more than bounds: the last is +Inf
    std::atomic<double> sum_{0};
};

// The registry. Series live as long as it does; registering is for start-up, reading and counting for ever after.
class Metrics {
 public:
    // `labels` is empty or the text between the braces: reason="busy".
    Counter& counter(std::string_view name, std::string_view help, std::string_view labels = "");
    Histogram& histogram(std::string_view name, std::string_view help, std::span<const double> bounds);
    // `read` is called at every scrape, on the scraping thread.
    void gauge(std::string_view name, std::string_view help, std::function<double()> read);

    // The Prometheus text exposition format, version 0.0.4.
    std::string expose() const;

 private:
    struct Series {
        std::string name;
        std::string help;
        std::string labels;
        std::unique_ptr<Counter> counter;
        std::unique_ptr<Histogram> histogram;
        std::function<double()> gauge;
    };
    mutable std::mutex mutex_;
    std::vector<Series> series_;
};

}  // namespace slipway::telemetry
