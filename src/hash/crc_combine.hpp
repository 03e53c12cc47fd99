// Combines checksums of adjacent ranges into the checksum of both, without reading a byte.
#pragma once

#include "base/digest.hpp"
#include "base/units.hpp"

namespace slipway::hash {

// The CRC64-NVME of nothing: what combining begins with.
inline constexpr Crc64Nvme kCrc64NvmeOfNothing{};

// The checksum of A followed by B, from those of A and B and the length of B; O(log length). CRC(A)
// * x^(8 * length of B) + CRC(B): the inversions at both ends of the CRC cancel out (zlib's
// crc32_combine).
Crc64Nvme combine_crc64nvme(Crc64Nvme first, Crc64Nvme second, ByteCount second_length);

}  // namespace slipway::hash
