// CRC32C (Castagnoli, RFC 3720 appendix B.4) of a few short pieces: records and log blocks.
#pragma once

#include <cstdint>
#include <string_view>

namespace slipway::records {

// The checksum of the bytes before, continued; start with 0.
std::uint32_t extend_crc32c(std::uint32_t crc, std::string_view bytes);

}  // namespace slipway::records
