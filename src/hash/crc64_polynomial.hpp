// Arithmetic modulo the polynomial of CRC64-NVME (NVM Express NVM Command Set Specification 1.0,
// section 5.2.1.3.4). Values are reflected, as the CRC has them: the highest bit is the coefficient
// of x^0. For constants and for combining; bytes are run through crc64_kernels.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace slipway::hash {

inline constexpr std::uint64_t kCrc64Polynomial = 0x9A6C9329AC4BC9B5;
inline constexpr std::uint64_t kPolynomialOne = std::uint64_t{1} << 63U;

constexpr std::uint64_t times_x(std::uint64_t value) {
    return (value >> 1U) ^ ((value & 1U) != 0 ? kCrc64Polynomial : 0);
}

constexpr std::uint64_t multiply_polynomials(std::uint64_t a, std::uint64_t b) {
    std::uint64_t product = 0;
    for (; a != 0; a <<= 1U) {
        if ((a & kPolynomialOne) != 0) {
            product ^= b;
        }
        b = times_x(b);
    }
    return product;
}

// x^(2^k) for k = 0 … 66: enough to raise x to eight times any 64-bit length.
inline constexpr auto kPowersOfX = [] {
    std::array<std::uint64_t, 67> powers{};
    std::uint64_t power = times_x(kPolynomialOne);
    for (auto& entry : powers) {
        entry = power;
        power = multiply_polynomials(power, power);
    }
    return powers;
}();

// x^(exponent * 2^scale); scale at most 3.
constexpr std::uint64_t power_of_x(std::uint64_t exponent, std::size_t scale = 0) {
    std::uint64_t product = kPolynomialOne;
    for (std::size_t k = scale; exponent != 0; exponent >>= 1U, ++k) {
        if ((exponent & 1U) != 0) {
            product = multiply_polynomials(kPowersOfX[k], product);
        }
    }
    return product;
}

}  // namespace slipway::hash
