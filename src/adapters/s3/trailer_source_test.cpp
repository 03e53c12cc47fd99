#include "adapters/s3/trailer_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/encoding.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::adapters::s3 {
namespace {

// Gives `step` bytes at most at a time, and ends or fails after `good`.
class PiecewiseSource final : public http::BodySource {
 public:
    PiecewiseSource(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}
    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        const std::size_t count = std::min({out.size(), step_, text_.size() - given_});
        std::memcpy(out.data(), text_.data() + given_, count);
        given_ += count;
        co_return count;
    }

 private:
    const std::string text_;
    const std::size_t step_;
    std::size_t given_ = 0;
};

Task<Result<std::string>> read_all(TrailerSource* source, std::size_t step) {
    std::string all;
    std::vector<std::byte> buffer(step);
    while (true) {
        const auto count = co_await source->read(buffer);
        if (!count) {
            co_return std::unexpected(count.error());
        }
        if (*count == 0) {
            co_return all;
        }
        all.append(reinterpret_cast<const char*>(buffer.data()), *count);
    }
}

Result<std::string> framed(const std::string& text, std::size_t length, std::size_t step) {
    TrailerSource source({std::make_shared<PiecewiseSource>(text, step), ByteCount(length)});
    return runtime::run_blocking(read_all(&source, step));
}

std::string trailer_of(const std::string& text) {
    hash::Crc64NvmeHasher hasher;
    hasher.update(std::as_bytes(std::span(text)));
    return "0\r\nx-amz-checksum-crc64nvme:" + encode_base64(hasher.finish().bytes) + "\r\n\r\n";
}

TEST(TrailerSource, FramesTheBodyAndPutsItsChecksumBehindIt) {
    EXPECT_EQ(framed("hello", 5, 100), "5\r\nhello\r\n" + trailer_of("hello"));
    EXPECT_EQ(framed("hello", 5, 2), "5\r\nhello\r\n" + trailer_of("hello"));
    EXPECT_EQ(framed("", 0, 100), trailer_of(""));
}

TEST(TrailerSource, EveryChunkButTheLastIsFull) {
    const std::string text(TrailerSource::kChunk + 3, 'x');
    EXPECT_EQ(framed(text, text.size(), 1000),
              "10000\r\n" + text.substr(3) + "\r\n3\r\nxxx\r\n" + trailer_of(text));
}

TEST(TrailerSource, ItsLengthIsKnownBefore) {
    for (const std::size_t size :
         {0UL, 1UL, 15UL, 16UL, 65'535UL, 65'536UL, 65'537UL, 131'072UL, 200'000UL}) {
        const std::string text(size, 'y');
        EXPECT_EQ(framed(text, size, 7777)->size(),
                  TrailerSource::framed_length(ByteCount(size)).value())
            << size;
    }
}

TEST(TrailerSource, ABodyThatEndsEarlyIsAnError) {
    const auto result = framed("four", 5, 100);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::invalid);
}

}  // namespace
}  // namespace slipway::adapters::s3
