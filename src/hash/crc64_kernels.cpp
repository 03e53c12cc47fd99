#include "hash/crc64_kernels.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "hash/crc64_polynomial.hpp"

namespace slipway::hash {

namespace {

static_assert(std::endian::native == std::endian::little, "the kernels load words of the message");

using Table = std::array<std::uint64_t, 256>;

// kTables[n][b]: what the byte b contributes when n more bytes follow it.
constexpr auto kTables = [] {
    std::array<Table, 8> tables{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
        std::uint64_t value = byte;
        for (int bit = 0; bit < 8; ++bit) {
            value = times_x(value);
        }
        tables[0][byte] = value;
    }
    for (std::size_t n = 1; n < tables.size(); ++n) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint64_t previous = tables[n - 1][byte];
            tables[n][byte] = (previous >> 8U) ^ tables[0][previous & 0xffU];
        }
    }
    return tables;
}();

std::vector<Crc64Path> supported_paths() {
    std::vector<Crc64Path> paths;
#if defined(__x86_64__)
    const bool pclmul = __builtin_cpu_supports("pclmul") != 0;
    if (pclmul && __builtin_cpu_supports("vpclmulqdq") != 0 &&
        __builtin_cpu_supports("avx2") != 0) {
        paths.push_back({"vpclmul", crc64_by_vpclmul});
    }
    if (pclmul) {
        paths.push_back({"pclmul", crc64_by_pclmul});
    }
#endif
    paths.push_back({"table", crc64_by_table});
    return paths;
}

}  // namespace

std::uint64_t crc64_by_table(std::uint64_t state, std::span<const std::byte> bytes) {
    while (bytes.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        word ^= state;
        state = 0;
        for (std::size_t n = 0; n < 8; ++n) {
            state ^= kTables[7 - n][(word >> (8 * n)) & 0xffU];
        }
        bytes = bytes.subspan(8);
    }
    for (const std::byte byte : bytes) {
        state = (state >> 8U) ^ kTables[0][(state ^ std::to_integer<std::uint64_t>(byte)) & 0xffU];
    }
    return state;
}

std::span<const Crc64Path> crc64_paths() {
    static const std::vector<Crc64Path> paths = supported_paths();
    return paths;
}

}  // namespace slipway::hash
