#include "telemetry/metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace slipway::telemetry {

namespace {

std::string number(std::uint64_t value) {
    return std::to_string(value);
}

std::string number(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "+Inf" : "-Inf";
    }
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return std::string(text.data(), end);
}

void append_header(std::string& out, std::string_view name, std::string_view help,
                   std::string_view type) {
    out.append("# HELP ").append(name).append(" ");
    for (const char c : help) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    out.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

struct Sample {
    std::string_view name;
    std::string_view suffix;
    std::string_view labels;
};

void append_sample(std::string& out, const Sample& sample, std::string_view value) {
    out.append(sample.name).append(sample.suffix);
    if (!sample.labels.empty()) {
        out.append("{").append(sample.labels).append("}");
    }
    out.append(" ").append(value).append("\n");
}

}  // namespace

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds.begin(), bounds.end()), counts_(bounds.size() + 1) {}

void Histogram::observe(double value) {
    // Written so that NaN, which is no smaller than anything, counts under +Inf.
    const auto bucket =
        std::ranges::find_if(bounds_, [value](double bound) { return value <= bound; });
    counts_[static_cast<std::size_t>(bucket - bounds_.begin())].fetch_add(
        1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

void Histogram::append_to(std::string& out, std::string_view name, std::string_view labels) const {
    const std::string before = labels.empty() ? "" : std::string(labels) + ",";
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        cumulative += counts_[i].load(std::memory_order_relaxed);
        const std::string bound = i < bounds_.size() ? number(bounds_[i]) : "+Inf";
        append_sample(out, {name, "_bucket", before + "le=\"" + bound + "\""}, number(cumulative));
    }
    append_sample(out, {name, "_sum", labels}, number(sum_.load(std::memory_order_relaxed)));
    append_sample(out, {name, "_count", labels}, number(cumulative));
}

Metrics::Series& Metrics::series_locked(std::string_view name, std::string_view help,
                                        std::string_view labels, Kind kind) {
    // Series of one name stay together: the format wants its HELP and TYPE once, before all of
    // them.
    auto place = series_.end();
    for (auto it = series_.begin(); it != series_.end(); ++it) {
        if (it->name != name) {
            continue;
        }
        if (it->kind != kind) {
            std::abort();
        }
        if (it->labels == labels) {
            return *it;
        }
        place = it + 1;
    }
    Series added{.name = std::string(name),
                 .help = std::string(help),
                 .labels = std::string(labels),
                 .kind = kind,
                 .counter = nullptr,
                 .histogram = nullptr,
                 .gauge = nullptr};
    return *series_.insert(place, std::move(added));
}

Counter& Metrics::counter(std::string_view name, std::string_view help, std::string_view labels) {
    const std::scoped_lock lock(mutex_);
    Series& series = series_locked(name, help, labels, Kind::counter);
    if (!series.counter) {
        series.counter = std::make_unique<Counter>();
    }
    return *series.counter;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help,
                              std::span<const double> bounds, std::string_view labels) {
    const std::scoped_lock lock(mutex_);
    Series& series = series_locked(name, help, labels, Kind::histogram);
    if (!series.histogram) {
        series.histogram = std::make_unique<Histogram>(bounds);
    }
    return *series.histogram;
}

void Metrics::gauge(std::string_view name, std::string_view help, std::function<double()> read,
                    std::string_view labels) {
    const std::scoped_lock lock(mutex_);
    series_locked(name, help, labels, Kind::gauge).gauge = std::move(read);
}

std::string Metrics::expose() const {
    const std::scoped_lock lock(mutex_);
    std::string out;
    std::string_view previous;
    for (const Series& series : series_) {
        if (series.name != previous) {
            append_header(out, series.name, series.help, to_string(series.kind));
            previous = series.name;
        }
        switch (series.kind) {
            case Kind::counter:
                append_sample(out, {series.name, "", series.labels},
                              number(series.counter->value()));
                break;
            case Kind::gauge:
                append_sample(out, {series.name, "", series.labels}, number(series.gauge()));
                break;
            case Kind::histogram:
                series.histogram->append_to(out, series.name, series.labels);
                break;
        }
    }
    return out;
}

std::string_view Metrics::to_string(Kind kind) {
    switch (kind) {
        case Kind::counter:
            return "counter";
        case Kind::gauge:
            return "gauge";
        case Kind::histogram:
            break;
    }
    return "histogram";
}

}  // namespace slipway::telemetry
