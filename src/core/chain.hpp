// The hash chain over the parts of an upload: its last value identifies the content as uploaded.
//   H0 = SHA-256("slipway-chain-v1"),  Hi = SHA-256(H(i-1) || SHA-256 of part i)
// The hash function is handed in: core computes no digests.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/digest.hpp"
#include "core/upload.hpp"

namespace slipway::core {

inline constexpr std::string_view kChainSeed = "slipway-chain-v1";

// `sha256` takes a span of bytes and returns a Sha256.
template <class HashFunction>
class Chain {
 public:
    explicit Chain(HashFunction sha256)
        : sha256_(sha256), value_(sha256(std::as_bytes(std::span(kChainSeed)))) {}

    void add(const Sha256& part) {
        std::array<std::byte, 2 * Sha256::kSize> joined{};
        std::ranges::copy(value_.bytes, joined.begin());
        std::ranges::copy(part.bytes, joined.begin() + Sha256::kSize);
        value_ = sha256_(joined);
    }

    const Sha256& value() const { return value_; }

 private:
    HashFunction sha256_;
    Sha256 value_;
};

}  // namespace slipway::core
