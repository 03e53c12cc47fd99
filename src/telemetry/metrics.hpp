// Counters, gauges and histograms, and their Prometheus text form. Names and labels are fixed at
// compile time, so that the number of series is bounded.
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
    void append_to(std::string& out, std::string_view name, std::string_view labels) const;

    std::vector<double> bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;  // one more than bounds: the last is +Inf
    std::atomic<double> sum_{0};
};

// The registry; thread-safe. Series live as long as it does, and registering the same name and
// labels again gives the same one. Registering is for start-up, counting and reading for ever
// after.
class Metrics {
 public:
    // `labels` is empty or the text between the braces: reason="busy".
    Counter& counter(std::string_view name, std::string_view help, std::string_view labels = "");
    Histogram& histogram(std::string_view name, std::string_view help,
                         std::span<const double> bounds, std::string_view labels = "");
    // `read` is called at every scrape, on the scraping thread; it must not come back to the
    // registry. A gauge of the same name is replaced.
    void gauge(std::string_view name, std::string_view help, std::function<double()> read,
               std::string_view labels = "");

    // The Prometheus text exposition format, version 0.0.4.
    std::string expose() const;

 private:
    enum class Kind { counter, gauge, histogram };
    struct Series {
        std::string name;
        std::string help;
        std::string labels;
        Kind kind;
        std::unique_ptr<Counter> counter;
        std::unique_ptr<Histogram> histogram;
        std::function<double()> gauge;
    };
    static std::string_view to_string(Kind kind);
    // The series of that name and these labels, made if need be. One name has one kind.
    Series& series_locked(std::string_view name, std::string_view help, std::string_view labels,
                          Kind kind);

    mutable std::mutex mutex_;
    std::vector<Series> series_;
};

}  // namespace slipway::telemetry
