#include "telemetry/metrics.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace slipway::telemetry {
namespace {

TEST(Metrics, ExposesEachKind) {
    Metrics metrics;
    metrics.counter("slipway_parts_total", "Parts stored.").add(3);
    metrics.gauge("slipway_connections", "Open connections.", [] { return 2.5; });
    const std::array bounds = {0.1, 1.0};
    Histogram& histogram = metrics.histogram("slipway_part_seconds", "Time of a part.", bounds);
    histogram.observe(0.1);
    histogram.observe(0.5);
    histogram.observe(4);
    EXPECT_EQ(metrics.expose(),
              "# HELP slipway_parts_total Parts stored.\n"
              "# TYPE slipway_parts_total counter\n"
              "slipway_parts_total 3\n"
              "# HELP slipway_connections Open connections.\n"
              "# TYPE slipway_connections gauge\n"
              "slipway_connections 2.5\n"
              "# HELP slipway_part_seconds Time of a part.\n"
              "# TYPE slipway_part_seconds histogram\n"
              "slipway_part_seconds_bucket{le=\"0.1\"} 1\n"
              "slipway_part_seconds_bucket{le=\"1\"} 2\n"
              "slipway_part_seconds_bucket{le=\"+Inf\"} 3\n"
              "slipway_part_seconds_sum 4.6\n"
              "slipway_part_seconds_count 3\n");
}

TEST(Metrics, SeriesOfOneNameStandTogetherUnderOneHeader) {
    Metrics metrics;
    metrics.counter("refused_total", "Refused.", "reason=\"busy\"").add(1);
    metrics.counter("other_total", "Other.").add(2);
    metrics.counter("refused_total", "Refused.", "reason=\"quota\"").add(3);
    EXPECT_EQ(metrics.expose(),
              "# HELP refused_total Refused.\n"
              "# TYPE refused_total counter\n"
              "refused_total{reason=\"busy\"} 1\n"
              "refused_total{reason=\"quota\"} 3\n"
              "# HELP other_total Other.\n"
              "# TYPE other_total counter\n"
              "other_total 2\n");
}

TEST(Metrics, RegisteringAgainGivesTheSameSeries) {
    Metrics metrics;
    Counter& first = metrics.counter("a_total", "A.", "k=\"1\"");
    for (int i = 0; i < 100; ++i) {
        metrics.counter("b_total", "B.", "k=\"" + std::to_string(i) + "\"");
    }
    EXPECT_EQ(&metrics.counter("a_total", "A.", "k=\"1\""), &first);
    EXPECT_NE(&metrics.counter("a_total", "A.", "k=\"2\""), &first);
    metrics.gauge("g", "G.", [] { return 1.0; });
    metrics.gauge("g", "G.", [] { return 2.0; });
    EXPECT_NE(metrics.expose().find("\ng 2\n"), std::string::npos);
    EXPECT_EQ(metrics.expose().find("\ng 1\n"), std::string::npos);
}

TEST(MetricsDeathTest, OneNameHasOneKind) {
    Metrics metrics;
    metrics.counter("a", "A.");
    EXPECT_DEATH(metrics.gauge("a", "A.", [] { return 1.0; }), "");
}

TEST(Metrics, EscapesHelpAndSpellsWhatIsNotFinite) {
    Metrics metrics;
    metrics.gauge("a", "one\ntwo \\ three", [] { return std::numeric_limits<double>::infinity(); });
    metrics.gauge("b", "B.", [] { return -std::numeric_limits<double>::infinity(); });
    metrics.gauge("c", "C.", [] { return std::numeric_limits<double>::quiet_NaN(); });
    EXPECT_EQ(metrics.expose(),
              "# HELP a one\\ntwo \\\\ three\n# TYPE a gauge\na +Inf\n"
              "# HELP b B.\n# TYPE b gauge\nb -Inf\n"
              "# HELP c C.\n# TYPE c gauge\nc NaN\n");
}

TEST(Metrics, CountsFromManyThreadsWhileBeingRead) {
    constexpr int kThreads = 4;
    constexpr int kCounts = 5000;
    Metrics metrics;
    Counter& counter = metrics.counter("n_total", "N.");
    const std::array bounds = {10.0};
    Histogram& histogram = metrics.histogram("h", "H.", bounds);
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back([&] {
                for (int i = 0; i < kCounts; ++i) {
                    counter.add();
                    histogram.observe(i % 2 == 0 ? 1 : 100);
                }
            });
        }
        for (int i = 0; i < 20; ++i) {
            metrics.counter("late_total", "Late.", "k=\"" + std::to_string(i) + "\"");
            EXPECT_FALSE(metrics.expose().empty());
        }
    }
    const std::string text = metrics.expose();
    EXPECT_NE(text.find("n_total 20000\n"), std::string::npos) << text;
    EXPECT_NE(text.find("h_bucket{le=\"10\"} 10000\n"), std::string::npos) << text;
    EXPECT_NE(text.find("h_count 20000\n"), std::string::npos) << text;
    EXPECT_NE(text.find("h_sum 1010000\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace slipway::telemetry
