// The ways of running bytes through CRC64-NVME: tables, and folding with carry-less multiplication
// where the processor has it. Callers want Crc64NvmeHasher; this is what it chooses from, and what
// the tests compare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace slipway::hash {

// Takes and returns the register of the CRC: neither the initial nor the final inversion is done
// here.
using Crc64Kernel = std::uint64_t (*)(std::uint64_t state, std::span<const std::byte> bytes);

struct Crc64Path {
    std::string_view name;
    Crc64Kernel kernel;
};

// Those that this processor can run, the fastest first; never empty.
std::span<const Crc64Path> crc64_paths();

// Slicing by eight; on every processor.
std::uint64_t crc64_by_table(std::uint64_t state, std::span<const std::byte> bytes);

// Folds 128 bytes at a time. The processor must have PCLMULQDQ, and for the second VPCLMULQDQ and
// AVX2.
std::uint64_t crc64_by_pclmul(std::uint64_t state, std::span<const std::byte> bytes);
std::uint64_t crc64_by_vpclmul(std::uint64_t state, std::span<const std::byte> bytes);

}  // namespace slipway::hash
