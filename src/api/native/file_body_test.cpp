#include "api/native/file_body.hpp"

#include <gtest/gtest.h>

#include "runtime/run_blocking.hpp"

namespace slipway::api::native {
namespace {

// A blob in memory that answers at most five bytes at a time.
class TextReader final : public ports::BlobReader {
 public:
    explicit TextReader(std::string text) : text_(std::move(text)) {}
    ByteCount size() const override { return ByteCount(text_.size()); }
    Task<Result<std::size_t>> read_at(ByteOffset offset, std::span<std::byte> out) override {
        if (fails) {
            co_return failure(Errc::corrupted, "the disk is broken");
        }
        const auto from = std::as_bytes(std::span(text_)).subspan(offset.value());
        const std::size_t count = std::min({from.size(), out.size(), std::size_t{5}});
        std::copy_n(from.begin(), count, out.begin());
        co_return count;
    }
    std::optional<int> descriptor() const override { return std::nullopt; }
    Task<std::optional<std::string>> direct_url(ports::DirectDownload) override {
        co_return std::nullopt;
    }
    bool fails = false;

 private:
    std::string text_;
};

// Everything that the body has, asked for in pieces of this size.
std::string all_of(const http::StreamBody& body, std::size_t piece) {
    std::string text;
    std::string buffer(piece, '\0');
    for (;;) {
        const auto got =
            runtime::run_blocking(body.source->read(std::as_writable_bytes(std::span(buffer))));
        if (!got) {
            return text + "(failed)";
        }
        if (*got == 0) {
            return text;
        }
        text += buffer.substr(0, *got);
    }
}

constexpr auto kText = "abcdefghijklmnopqrstuvwxyz";

RangesOfFile two_ranges() {
    return {.ranges = {{ByteOffset(24), 2_B}, {ByteOffset(0), 11_B}},
            .size = 26_B,
            .content_type = "text/plain",
            .boundary = "xyz"};
}

TEST(FileBody, SeveralRangesAreOneMultipart) {
    for (const std::size_t piece : {1U, 3U, 7U, 4096U}) {
        const auto body = multipart_body(std::make_shared<TextReader>(kText), two_ranges());
        const std::string text = all_of(body, piece);
        EXPECT_EQ(text,
                  "--xyz\r\nContent-Type: text/plain\r\nContent-Range: bytes 24-25/26\r\n\r\nyz"
                  "\r\n--xyz\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-10/26\r\n\r\n"
                  "abcdefghijk\r\n--xyz--\r\n");
        EXPECT_EQ(body.length, ByteCount(text.size()));
    }
}

TEST(FileBody, ARangeOfAStoreWithoutDescriptorsIsPulled) {
    const auto body = range_body(std::make_shared<TextReader>(kText), {ByteOffset(3), 9_B});
    const auto& stream = std::get<http::StreamBody>(body);
    EXPECT_EQ(stream.length, 9_B);
    EXPECT_EQ(all_of(stream, 4), "defghijkl");
}

TEST(FileBody, AFailureOfTheStoreEndsTheBody) {
    auto reader = std::make_shared<TextReader>(kText);
    reader->fails = true;
    const std::string text = all_of(multipart_body(reader, two_ranges()), 4096);
    EXPECT_TRUE(text.ends_with("24-25/26\r\n\r\n(failed)")) << text;
}

}  // namespace
}  // namespace slipway::api::native
