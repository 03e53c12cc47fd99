// TrailerSource: a body in aws-chunked framing, with its CRC64-NVME behind it. The checksum is
// computed while the body is sent, so that nothing has to be known of it before. Format:
// "Authenticating Requests: … Including Trailing Headers" of the S3 API reference, the unsigned
// form.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hash/digester.hpp"
#include "http/body.hpp"

namespace slipway::adapters::s3 {

class TrailerSource final : public http::BodySource {
 public:
    static constexpr std::size_t kChunk = 64 << 10;  // S3 wants 8 KiB at least
    static constexpr std::string_view kTrailer = "x-amz-checksum-crc64nvme";

    explicit TrailerSource(http::StreamBody body);
    // How many bytes a body of this length becomes.
    static ByteCount framed_length(ByteCount length);

    Task<Result<std::size_t>> read(std::span<std::byte> out) override;

 private:
    Task<Result<>> fill_frame();

    http::StreamBody body_;
    std::uint64_t left_;
    hash::Crc64NvmeHasher hasher_;
    std::vector<std::byte> frame_;  // what is to be sent next
    std::size_t sent_ = 0;          // of the frame
    bool ended_ = false;
};

}  // namespace slipway::adapters::s3
