#include "hash/crc_combine.hpp"

#include "hash/crc64_polynomial.hpp"

namespace slipway::hash {

Crc64Nvme combine_crc64nvme(Crc64Nvme first, Crc64Nvme second, ByteCount second_length) {
    constexpr std::size_t kBitsPerByteLog2 = 3;
    const std::uint64_t shift = power_of_x(second_length.value(), kBitsPerByteLog2);
    return crc64nvme_from(multiply_polynomials(value_of(first), shift) ^ value_of(second));
}

}  // namespace slipway::hash
