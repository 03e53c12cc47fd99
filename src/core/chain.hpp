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

// H(i) from H(i-1) and the SHA-256 of part i. `sha256` takes a span of bytes and returns a Sha256.
template <class HashFunction>
Sha256 next_in_chain(const Sha256& before, const Sha256& part, HashFunction sha256) {
    std::array<std::byte, 2 * Sha256::kSize> joined{};
    std::ranges::copy(before.bytes, joined.begin());
    std::ranges::copy(part.bytes, joined.begin() + Sha256::kSize);
    return sha256(joined);
}

template <class HashFunction>
class Chain {
 public:
    explicit Chain(HashFunction sha256)
        : sha256_(sha256), value_(sha256(std::as_bytes(std::span(kChainSeed)))) {}

    void add(const Sha256& part) { value_ = next_in_chain(value_, part, sha256_); }

    const Sha256& value() const { return value_; }

 private:
    HashFunction sha256_;
    Sha256 value_;
};

}  // namespace slipway::core
