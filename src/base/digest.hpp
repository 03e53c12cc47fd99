// The values of digests and checksums. How they are computed is in hash/.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace slipway {

enum class DigestKind { md5, sha256, crc32c, crc64nvme };

// "md5", "sha256", "crc32c", "crc64nvme": the names in the API, in the configuration and in logs.
std::string_view to_string(DigestKind kind);
std::optional<DigestKind> parse_digest_kind(std::string_view name);

template <DigestKind Kind, std::size_t Size>
struct DigestBytes {
    static constexpr DigestKind kKind = Kind;
    static constexpr std::size_t kSize = Size;
    std::array<std::byte, Size> bytes{};

    std::span<const std::byte> view() const { return bytes; }
    friend auto operator<=>(const DigestBytes&, const DigestBytes&) = default;
};

// Checksums are kept in network byte order, the form in which S3 and RFC 9530 fields encode them.
using Md5 = DigestBytes<DigestKind::md5, 16>;
using Sha256 = DigestBytes<DigestKind::sha256, 32>;
using Crc32c = DigestBytes<DigestKind::crc32c, 4>;
using Crc64Nvme = DigestBytes<DigestKind::crc64nvme, 8>;

constexpr Crc32c crc32c_from(std::uint32_t value) {
    Crc32c out;
    for (std::size_t i = 0; i < Crc32c::kSize; ++i) {
        out.bytes[i] = static_cast<std::byte>(value >> (8U * (Crc32c::kSize - 1 - i)));
    }
    return out;
}

constexpr Crc64Nvme crc64nvme_from(std::uint64_t value) {
    Crc64Nvme out;
    for (std::size_t i = 0; i < Crc64Nvme::kSize; ++i) {
        out.bytes[i] = static_cast<std::byte>(value >> (8U * (Crc64Nvme::kSize - 1 - i)));
    }
    return out;
}

constexpr std::uint64_t value_of(const Crc64Nvme& digest) {
    std::uint64_t value = 0;
    for (const std::byte byte : digest.bytes) {
        value = (value << 8U) | static_cast<std::uint64_t>(byte);
    }
    return value;
}

// What is known of some bytes. Of those that this server received, SHA-256 and CRC64-NVME are
// always computed, the others when asked for; of those that a client sent to the store itself, the
// SHA-256 alone is known.
struct PartDigests {
    Sha256 sha256;
    std::optional<Crc64Nvme> crc64nvme;
    std::optional<Md5> md5;
    std::optional<Crc32c> crc32c;
    friend bool operator==(const PartDigests&, const PartDigests&) = default;
};

// What a client states of the bytes it sends. An empty member was not stated.
struct StatedDigests {
    std::optional<Md5> md5;
    std::optional<Sha256> sha256;
    std::optional<Crc32c> crc32c;
    std::optional<Crc64Nvme> crc64nvme;
};

}  // namespace slipway
