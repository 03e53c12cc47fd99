// SHA-256 and MD5 of a long text, whose state can be kept between two blocks and taken up again in
// another process: for the digest of a whole file, which a crash must not begin anew.
// OpenSSL's EVP interface cannot give its state away; its older one, which this uses, can.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/units.hpp"

namespace slipway::hash {

// Both digests of the same bytes. Not thread-safe; copies are independent.
class ResumableDigests {
 public:
    // What update() is called with, but for the last time, is a multiple of this.
    static constexpr std::size_t kBlock = 64;

    ResumableDigests();

    void update(std::span<const std::byte> bytes);
    ByteCount size() const { return size_; }

    // Of all bytes so far; more may follow.
    Sha256 sha256() const;
    Md5 md5() const;

    // 57 bytes: a version, the size and the chaining values, big-endian. Nothing in the middle of a
    // block.
    std::optional<std::string> save() const;
    // Nothing for what save() never answers.
    static std::optional<ResumableDigests> restore(std::string_view saved);

 private:
    ByteCount size_;
    std::array<std::uint32_t, 8> sha256_{};
    std::array<std::uint32_t, 4> md5_{};
    // The bytes of the block that is not yet full.
    std::array<std::byte, kBlock> tail_{};
};

}  // namespace slipway::hash
