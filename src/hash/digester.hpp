// One hasher for each kind of digest: bytes in, in any pieces, and the digest out.
// SHA-256 and MD5 are OpenSSL's; CRC32C is ISA-L's; CRC64-NVME is our own, because no packaged
// library has it.
//
// All of them: finish() gives the digest of what came since construction or the last finish(), and
// begins anew. Not thread-safe; movable; a hasher that was moved from can only be destroyed or
// assigned to. They cannot fail: where OpenSSL has no memory or no such digest, the process ends.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/digest.hpp"

namespace slipway::hash {

struct EvpContextDeleter {
    void operator()(EVP_MD_CTX* context) const;
};
using EvpContext = std::unique_ptr<EVP_MD_CTX, EvpContextDeleter>;

class Sha256Hasher {
 public:
    Sha256Hasher();
    void update(std::span<const std::byte> bytes);
    Sha256 finish();

 private:
    EvpContext context_;
};

class Md5Hasher {
 public:
    Md5Hasher();
    void update(std::span<const std::byte> bytes);
    Md5 finish();

 private:
    EvpContext context_;
};

class Crc32cHasher {
 public:
    void update(std::span<const std::byte> bytes);
    Crc32c finish();

 private:
    std::uint32_t state_ = ~std::uint32_t{0};
};

class Crc64NvmeHasher {
 public:
    void update(std::span<const std::byte> bytes);
    Crc64Nvme finish();

 private:
    std::uint64_t state_ = ~std::uint64_t{0};
};

// The digest of bytes that are all there.
Sha256 sha256(std::span<const std::byte> bytes);

}  // namespace slipway::hash
