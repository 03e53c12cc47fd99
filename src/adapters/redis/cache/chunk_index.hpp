// The field chunkIndex: which parts are stored, a bit for each, that of part 1 in front, as Redis
// counts the bits of a string.
#pragma once

#include <string>
#include <vector>

#include "core/upload.hpp"

namespace slipway::adapters::redis {

inline std::string chunk_index_of(const std::vector<core::Part>& parts) {
    constexpr unsigned kBits = 8;
    std::string bits;
    for (const core::Part& part : parts) {
        const unsigned at = part.number.value() - 1;
        if (bits.size() <= at / kBits) {
            bits.resize(at / kBits + 1);
        }
        const auto set = static_cast<unsigned char>(bits[at / kBits]) | (0x80U >> (at % kBits));
        bits[at / kBits] = static_cast<char>(set);
    }
    return bits;
}

}  // namespace slipway::adapters::redis
