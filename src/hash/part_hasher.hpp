// PartHasher: all digests of one part in one pass over its bytes, while they are in the cache.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/digest.hpp"
#include "hash/digester.hpp"

namespace slipway::hash {

// What is computed besides SHA-256 and CRC64-NVME.
struct DigestSelection {
    bool md5 = false;
    bool crc32c = false;
    friend bool operator==(const DigestSelection&, const DigestSelection&) = default;
};

// Not thread-safe; movable. finish() gives the digests of what came since construction or the last
// finish().
class PartHasher {
 public:
    explicit PartHasher(DigestSelection selection);
    void update(std::span<const std::byte> bytes);
    PartDigests finish();

 private:
    Sha256Hasher sha256_;
    Crc64NvmeHasher crc64nvme_;
    std::optional<Md5Hasher> md5_;
    std::optional<Crc32cHasher> crc32c_;
};

}  // namespace slipway::hash
