// Folding (Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
// Instruction", Intel, 2009): a block A that D bits of message follow is worth A * x^D modulo the
// polynomial. Written as two halves of 64 bits, that is two carry-less multiplications by constants
// of 64 bits, whose sum is added to the block D bits later.
#include "hash/crc64_kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include <array>

#include "hash/crc64_polynomial.hpp"

namespace slipway::hash {

namespace {

constexpr std::size_t kLane = 16;
constexpr std::size_t kLanes = 8;
constexpr std::size_t kStride = kLane * kLanes;

using Lanes = std::array<std::array<std::byte, kLane>, kLanes>;

// Multiplying two reflected values leaves the product one bit short: hence the exponents less one.
struct FoldConstants {
    std::uint64_t first_half;
    std::uint64_t second_half;
};

constexpr FoldConstants fold_by(std::size_t bytes) {
    return {power_of_x(8 * bytes + 64 - 1), power_of_x(8 * bytes - 1)};
}

constexpr FoldConstants kFoldLane = fold_by(kLane);
constexpr FoldConstants kFoldStride = fold_by(kStride);

long long as_signed(std::uint64_t value) {
    return static_cast<long long>(value);
}

__attribute__((target("pclmul"))) __m128i load(const std::byte* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

__attribute__((target("pclmul"))) __m128i broadcast(FoldConstants constants) {
    return _mm_set_epi64x(as_signed(constants.second_half), as_signed(constants.first_half));
}

__attribute__((target("pclmul"))) __m128i fold(__m128i block, __m128i constants, __m128i next) {
    const __m128i first = _mm_clmulepi64_si128(block, constants, 0x00);
    const __m128i second = _mm_clmulepi64_si128(block, constants, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), next);
}

// The lanes and what is left of the message, brought down to one register.
__attribute__((target("pclmul"))) std::uint64_t finish(const Lanes& lanes,
                                                       std::span<const std::byte> rest) {
    const __m128i constants = broadcast(kFoldLane);
    __m128i sum = load(lanes[0].data());
    for (std::size_t i = 1; i < kLanes; ++i) {
        sum = fold(sum, constants, load(lanes[i].data()));
    }
    for (; rest.size() >= kLane; rest = rest.subspan(kLane)) {
        sum = fold(sum, constants, load(rest.data()));
    }
    std::array<std::byte, kLane> last{};
    _mm_storeu_si128(reinterpret_cast<__m128i*>(last.data()), sum);
    return crc64_by_table(crc64_by_table(0, last), rest);
}

}  // namespace

__attribute__((target("pclmul"))) std::uint64_t crc64_by_pclmul(std::uint64_t state,
                                                                std::span<const std::byte> bytes) {
    if (bytes.size() < kStride) {
        return crc64_by_table(state, bytes);
    }
    std::array<__m128i, kLanes> sums;
    for (std::size_t i = 0; i < kLanes; ++i) {
        sums[i] = load(bytes.data() + i * kLane);
    }
    sums[0] = _mm_xor_si128(sums[0], _mm_set_epi64x(0, as_signed(state)));
    const __m128i constants = broadcast(kFoldStride);
    for (bytes = bytes.subspan(kStride); bytes.size() >= kStride; bytes = bytes.subspan(kStride)) {
        for (std::size_t i = 0; i < kLanes; ++i) {
            sums[i] = fold(sums[i], constants, load(bytes.data() + i * kLane));
        }
    }
    Lanes lanes;
    for (std::size_t i = 0; i < kLanes; ++i) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(lanes[i].data()), sums[i]);
    }
    return finish(lanes, bytes);
}

namespace {

constexpr std::size_t kPairs = kLanes / 2;

__attribute__((target("avx2,vpclmulqdq"))) __m256i load_pair(const std::byte* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

__attribute__((target("avx2,vpclmulqdq"))) __m256i fold_pair(__m256i block, __m256i constants,
                                                             __m256i next) {
    const __m256i first = _mm256_clmulepi64_epi128(block, constants, 0x00);
    const __m256i second = _mm256_clmulepi64_epi128(block, constants, 0x11);
    return _mm256_xor_si256(_mm256_xor_si256(first, second), next);
}

}  // namespace

__attribute__((target("avx2,vpclmulqdq"))) std::uint64_t crc64_by_vpclmul(
    std::uint64_t state, std::span<const std::byte> bytes) {
    if (bytes.size() < kStride) {
        return crc64_by_table(state, bytes);
    }
    std::array<__m256i, kPairs> sums;
    for (std::size_t i = 0; i < kPairs; ++i) {
        sums[i] = load_pair(bytes.data() + 2 * i * kLane);
    }
    sums[0] = _mm256_xor_si256(sums[0], _mm256_set_epi64x(0, 0, 0, as_signed(state)));
    const __m256i constants =
        _mm256_set_epi64x(as_signed(kFoldStride.second_half), as_signed(kFoldStride.first_half),
                          as_signed(kFoldStride.second_half), as_signed(kFoldStride.first_half));
    for (bytes = bytes.subspan(kStride); bytes.size() >= kStride; bytes = bytes.subspan(kStride)) {
        for (std::size_t i = 0; i < kPairs; ++i) {
            sums[i] = fold_pair(sums[i], constants, load_pair(bytes.data() + 2 * i * kLane));
        }
    }
    Lanes lanes;
    for (std::size_t i = 0; i < kPairs; ++i) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes[2 * i].data()), sums[i]);
    }
    return finish(lanes, bytes);
}

}  // namespace slipway::hash

#endif
