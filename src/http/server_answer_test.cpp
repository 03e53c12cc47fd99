#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "http/server_harness.hpp"

namespace slipway::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kHead = "HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n";

std::string pattern(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint32_t value = 7;
    for (char& byte : bytes) {
        value = value * 1664525U + 1013904223U;
        byte = static_cast<char>(value >> 24U);
    }
    return bytes;
}

std::shared_ptr<FileDescriptor> file_with(const std::string& content) {
    std::string path = (::testing::TempDir() + "slipway-http-XXXXXX");
    auto file = std::make_shared<FileDescriptor>(::mkstemp(path.data()));
    ::unlink(path.c_str());
    EXPECT_EQ(::write(file->get(), content.data(), content.size()),
              static_cast<ssize_t>(content.size()));
    return file;
}

Response slice_of(const std::shared_ptr<FileDescriptor>& file, std::uint64_t first,
                  std::uint64_t length) {
    return {.status = 200,
            .headers = {},
            .body = FileSlice{.owner = file,
                              .descriptor = file->get(),
                              .range = {ByteOffset(first), ByteCount(length)}},
            .head_length = {}};
}

Task<Response> answer_with(Response response) {
    co_return response;
}

Handler always(std::function<Response()> make) {
    return [make](Request&) { return answer_with(make()); };
}

TEST(ServerAnswer, FromAFileIsTheSliceAskedFor) {
    const std::string content = pattern(10'000'000);
    const auto file = file_with(content);
    const std::pair<std::uint64_t, std::uint64_t> table[] = {
        {0, content.size()}, {5, 0}, {1, 1}, {4097, 5'000'000}};
    for (const auto& [first, length] : table) {
        ServerHarness harness(always([&] { return slice_of(file, first, length); }));
        RawClient client = harness.client();
        for (int i = 0; i < 2; ++i) {
            client.send(kGet);
            EXPECT_TRUE(client.read_answer().value_or(RawAnswer{}).body ==
                        content.substr(first, length));
        }
        client.send(kHead);
        EXPECT_EQ(client.read_answer(Method::head).value_or(RawAnswer{}).field("Content-Length"),
                  std::to_string(length));
    }
}

TEST(ServerAnswer, FromAFileWaitsForASlowReader) {
    const std::string content = pattern(6'000'000);
    const auto file = file_with(content);
    ServerHarness harness(always([&] { return slice_of(file, 0, content.size()); }));
    RawClient client = harness.client();
    client.set_receive_buffer(16 << 10);
    client.send(kGet);
    ASSERT_TRUE(client.read_head());
    std::string got;
    while (got.size() < content.size()) {
        const std::string more = client.read_some(40'000);
        ASSERT_FALSE(more.empty());
        got += more;
        if (got.size() % 17 == 0) {
            std::this_thread::sleep_for(1ms);
        }
    }
    EXPECT_TRUE(got == content);
    EXPECT_TRUE(eventually([&] {
        return std::stoul(harness.metric("slipway_http_bytes_sent_total")) > content.size();
    }));
}

TEST(ServerAnswer, FromAFileThatIsTooShortIsCut) {
    const auto file = file_with("short");
    ServerHarness harness(always([&] { return slice_of(file, 0, 100); }));
    RawClient client = harness.client();
    client.send(kGet);
    ASSERT_TRUE(client.read_head());
    EXPECT_EQ(client.read_to_end(), "short");
}

class Patterned final : public BodySource {
 public:
    enum class End { at_length, early, failing };
    Patterned(std::string bytes, End end) : bytes_(std::move(bytes)), end_(end) {}

    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        if (end_ != End::at_length && at_ > bytes_.size() / 2) {
            if (end_ == End::early) {
                co_return 0UL;
            }
            co_return failure(Errc::unavailable, "the store went away");
        }
        const std::size_t count = std::min({out.size(), bytes_.size() - at_, 10'000UL});
        std::ranges::copy(std::as_bytes(std::span(bytes_)).subspan(at_, count), out.begin());
        at_ += count;
        co_return count;
    }

 private:
    std::string bytes_;
    End end_;
    std::size_t at_ = 0;
};

Response stream_of(const std::string& bytes, Patterned::End end) {
    return {.status = 200,
            .headers = {},
            .body = StreamBody{.source = std::make_shared<Patterned>(bytes, end),
                               .length = ByteCount(bytes.size())},
            .head_length = {}};
}

TEST(ServerAnswer, FromASourceArrivesWhole) {
    const std::string content = pattern(1'000'000);
    ServerHarness harness(always([&] { return stream_of(content, Patterned::End::at_length); }));
    RawClient client = harness.client();
    for (int i = 0; i < 2; ++i) {
        client.send(kGet);
        EXPECT_TRUE(client.read_answer().value_or(RawAnswer{}).body == content);
    }
    EXPECT_TRUE(eventually([&] { return harness.buffers().in_use() == 0_B; }));
}

TEST(ServerAnswer, FromASourceThatFailsIsCut) {
    const std::string content = pattern(1'000'000);
    for (const auto end : {Patterned::End::early, Patterned::End::failing}) {
        ServerHarness harness(always([&] { return stream_of(content, end); }));
        RawClient client = harness.client();
        client.send(kGet);
        ASSERT_TRUE(client.read_head());
        const std::string got = client.read_to_end();
        EXPECT_LT(got.size(), content.size());
        EXPECT_GT(got.size(), content.size() / 2);
        EXPECT_TRUE(content.starts_with(got));
    }
}

TEST(ServerAnswer, ThatNobodyReadsIsCutAfterTheStallTimeout) {
    const std::string content = pattern(30'000'000);
    const auto file = file_with(content);
    ServerOptions options;
    options.stall_timeout = 1s;
    const std::function<Response()> makers[] = {
        [&] { return slice_of(file, 0, content.size()); },
        [&] { return stream_of(content, Patterned::End::at_length); },
        [&] { return Response{.status = 200, .headers = {}, .body = content, .head_length = {}}; },
    };
    for (const auto& make : makers) {
        ServerHarness harness(always(make), options);
        RawClient client = harness.client();
        client.send(kGet);
        ASSERT_TRUE(client.read_head());
        EXPECT_TRUE(eventually([&] { return harness.server().connections() == 0; }));
        EXPECT_LT(client.read_to_end().size(), content.size());
    }
}

TEST(ServerAnswer, ToAClientThatLeavesEndsTheConnection) {
    const std::string content = pattern(30'000'000);
    const auto file = file_with(content);
    ServerHarness harness(always([&] { return slice_of(file, 0, content.size()); }));
    for (int i = 0; i < 10; ++i) {
        RawClient client = harness.client();
        client.send(kGet);
        ASSERT_TRUE(client.read_head());
    }
    EXPECT_TRUE(eventually([&] { return harness.server().connections() == 0; }));
}

}  // namespace
}  // namespace slipway::http
