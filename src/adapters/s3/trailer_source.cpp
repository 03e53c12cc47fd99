#include "adapters/s3/trailer_source.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/encoding.hpp"

namespace slipway::adapters::s3 {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

std::string chunk_line(std::uint64_t size) {
    std::array<char, 20> digits{};
    const int length =
        std::snprintf(digits.data(), digits.size(), "%llx", static_cast<unsigned long long>(size));
    return std::string(digits.data(), static_cast<std::size_t>(length)).append(kLineEnd);
}

std::string trailer(const Crc64Nvme& checksum) {
    return chunk_line(0)
               .append(TrailerSource::kTrailer)
               .append(":")
               .append(encode_base64(checksum.bytes)) +
           "\r\n\r\n";
}

void append(std::vector<std::byte>& out, std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

TrailerSource::TrailerSource(http::StreamBody body)
    : body_(std::move(body)), left_(body_.length.value()) {}

ByteCount TrailerSource::framed_length(ByteCount length) {
    const auto framed = [](std::uint64_t size) {
        return chunk_line(size).size() + size + kLineEnd.size();
    };
    const std::uint64_t whole = length.value() / kChunk;
    const std::uint64_t rest = length.value() % kChunk;
    return ByteCount(whole * framed(kChunk) + (rest > 0 ? framed(rest) : 0) +
                     trailer(Crc64Nvme{}).size());
}

Task<Result<std::size_t>> TrailerSource::read(std::span<std::byte> out) {
    if (sent_ == frame_.size() && !ended_) {
        if (auto filled = co_await fill_frame(); !filled) {
            co_return std::unexpected(std::move(filled.error()));
        }
    }
    const std::size_t count = std::min(out.size(), frame_.size() - sent_);
    std::memcpy(out.data(), frame_.data() + sent_, count);
    sent_ += count;
    co_return count;
}

Task<Result<>> TrailerSource::fill_frame() {
    frame_.clear();
    sent_ = 0;
    const std::size_t size = std::min<std::uint64_t>(left_, kChunk);
    if (size == 0) {
        ended_ = true;
        append(frame_, trailer(hasher_.finish()));
        co_return Result<>{};
    }
    append(frame_, chunk_line(size));
    const std::size_t begin = frame_.size();
    frame_.resize(begin + size);
    for (std::size_t filled = 0; filled < size;) {
        const auto room = std::span(frame_).subspan(begin + filled, size - filled);
        auto count = co_await body_.source->read(room);
        if (!count) {
            co_return std::unexpected(std::move(count.error()));
        }
        if (*count == 0) {
            co_return failure(Errc::invalid, "the body ended before its stated length");
        }
        hasher_.update(room.first(*count));
        filled += *count;
    }
    left_ -= size;
    append(frame_, kLineEnd);
    co_return Result<>{};
}

}  // namespace slipway::adapters::s3
