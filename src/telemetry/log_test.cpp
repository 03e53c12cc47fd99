#include "telemetry/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/file_descriptor.hpp"

namespace slipway::telemetry {
namespace {

std::string text_field(std::string_view value) {
    const std::string line = format_log_line("T", Level::info, "e", {{"v", value}});
    return std::string(boost::json::parse(line).as_object().at("v").as_string());
}

TEST(FormatLogLine, HasTimeLevelEventThenFieldsInOrder) {
    EXPECT_EQ(format_log_line("2026-11-22T19:16:00.123Z", Level::warn, "part_stored",
                              {{"text", "a"},
                               {"minus", std::int64_t{-3}},
                               {"large", std::numeric_limits<std::uint64_t>::max()},
                               {"half", 0.5},
                               {"yes", true}}),
              R"({"time":"2026-11-22T19:16:00.123Z","level":"warn","event":"part_stored",)"
              R"("text":"a","minus":-3,"large":18446744073709551615,"half":0.5,"yes":true})");
}

TEST(FormatLogLine, EveryLevelHasItsName) {
    EXPECT_NE(format_log_line("", Level::debug, "", {}).find(R"("level":"debug")"),
              std::string::npos);
    EXPECT_NE(format_log_line("", Level::info, "", {}).find(R"("level":"info")"),
              std::string::npos);
    EXPECT_NE(format_log_line("", Level::error, "", {}).find(R"("level":"error")"),
              std::string::npos);
}

TEST(FormatLogLine, EscapesSoThatALineStaysALine) {
    const std::string line = format_log_line(
        "T", Level::info, "e", {{"a\"b", "q\" b\\ n\n r\r t\t e\x1b d\x7f c\xc2\x9b"}});
    EXPECT_EQ(line, R"({"time":"T","level":"info","event":"e",)"
                    R"("a\"b":"q\" b\\ n\n r\r t\t e\u001b d\u007f c\u009b"})");
}

TEST(FormatLogLine, EveryAsciiByteComesBack) {
    std::string all;
    for (char c = 0; c < 0x7f; ++c) {
        all.push_back(c);
    }
    all.push_back(0x7f);
    EXPECT_EQ(text_field(all), all);
}

TEST(FormatLogLine, KeepsUtf8AndReplacesWhatIsNone) {
    const std::string r = "\xef\xbf\xbd";
    EXPECT_EQ(text_field("Müller 漢 🚢"), "Müller 漢 🚢");
    EXPECT_EQ(text_field("a\xff"
                         "b"),
              "a" + r + "b");
    EXPECT_EQ(text_field("\xc0\xaf"), r + r);             // overlong
    EXPECT_EQ(text_field("\xed\xa0\x80"), r + r + r);     // surrogate
    EXPECT_EQ(text_field("end\xe6\xbc"), "end" + r + r);  // cut short
    EXPECT_EQ(text_field("\xc3\n"), r + "\n");            // the next character is not swallowed
    EXPECT_EQ(text_field("\xe6\"x"), r + "\"x");
}

TEST(FormatLogLine, WhatIsNotFiniteIsNull) {
    const std::string line = format_log_line("T", Level::info, "e",
                                             {{"a", std::numeric_limits<double>::quiet_NaN()},
                                              {"b", std::numeric_limits<double>::infinity()}});
    const auto object = boost::json::parse(line).as_object();
    EXPECT_TRUE(object.at("a").is_null());
    EXPECT_TRUE(object.at("b").is_null());
}

// Standard error as a datagram socket: each write(2) arrives as one message.
class StandardError : public testing::Test {
 protected:
    void SetUp() override {
        std::array<int, 2> ends{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends.data()), 0);
        receiving_ = FileDescriptor(ends[0]);
        const FileDescriptor sending(ends[1]);
        saved_ = FileDescriptor(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
        ASSERT_GE(::dup2(sending.get(), STDERR_FILENO), 0);
    }
    void TearDown() override {
        ::dup2(saved_.get(), STDERR_FILENO);
        set_log_level(Level::info);
    }

    std::string receive() {
        std::string message(1 << 16, '\0');
        const ssize_t size = ::recv(receiving_.get(), message.data(), message.size(), MSG_DONTWAIT);
        message.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return message;
    }

 private:
    FileDescriptor receiving_;
    FileDescriptor saved_;
};

TEST_F(StandardError, OneLineIsOneWrite) {
    const std::string value(20000, 'x');
    log(Level::info, "started", {{"value", value}});
    const std::string line = receive();
    ASSERT_FALSE(line.empty());
    EXPECT_EQ(line.back(), '\n');
    const auto object = boost::json::parse(line).as_object();
    EXPECT_EQ(object.at("event").as_string(), "started");
    EXPECT_EQ(object.at("value").as_string(), value);
    EXPECT_EQ(object.at("time").as_string().size(),
              std::string_view("2026-11-22T19:16:00.123Z").size());
    EXPECT_EQ(receive(), "");
}

TEST_F(StandardError, WhatIsBelowTheLevelIsNotWritten) {
    log(Level::debug, "quiet");
    EXPECT_EQ(receive(), "");
    set_log_level(Level::debug);
    EXPECT_EQ(log_level(), Level::debug);
    log(Level::debug, "loud");
    EXPECT_NE(receive(), "");
    set_log_level(Level::off);
    log(Level::error, "off");
    log(Level::off, "never");
    EXPECT_EQ(receive(), "");
}

TEST_F(StandardError, LinesOfManyThreadsArriveWhole) {
    constexpr std::uint64_t kThreads = 4;
    constexpr std::uint64_t kLines = 50;
    std::set<std::uint64_t> seen;
    {
        std::vector<std::jthread> threads;
        for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back([thread] {
                for (std::uint64_t line = 0; line < kLines; ++line) {
                    log(Level::info, "line", {{"number", thread * kLines + line}});
                }
            });
        }
        // The socket holds few messages, so the writers depend on this reading.
        while (seen.size() < kThreads * kLines) {
            const std::string line = receive();
            if (line.empty()) {
                std::this_thread::yield();
                continue;
            }
            seen.insert(
                boost::json::parse(line).as_object().at("number").to_number<std::uint64_t>());
        }
    }
    EXPECT_EQ(seen.size(), kThreads * kLines);
}

}  // namespace
}  // namespace slipway::telemetry
