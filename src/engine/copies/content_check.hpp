// ContentCheck: whether bytes, read in order, are those of a file: by its CRC64-NVME; or by its
// chain, where nobody knows that of its parts because they were sent to the store directly. The
// chain says as much, and costs more.
#pragma once

#include <optional>
#include <span>

#include "core/upload.hpp"
#include "hash/digester.hpp"

namespace slipway::engine {

class ContentCheck {
 public:
    explicit ContentCheck(const core::File& file);

    void update(std::span<const std::byte> bytes);
    // Of all that was given; once.
    bool is_right();

 private:
    void end_part();

    const std::optional<Crc64Nvme> crc64nvme_;
    const Sha256 chain_;
    const ByteCount part_size_;
    hash::Crc64NvmeHasher crc_;
    Sha256 chain_so_far_;
    std::optional<hash::Sha256Hasher> part_;
    ByteCount in_part_;
};

}  // namespace slipway::engine
