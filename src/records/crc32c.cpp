#include "records/crc32c.hpp"

#include <isa-l/crc.h>

namespace slipway::records {

std::uint32_t extend_crc32c(std::uint32_t crc, std::string_view bytes) {
    // ISA-L takes a non-const pointer but only reads, and leaves both inversions to the caller.
    auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    return ~crc32_iscsi(data, static_cast<int>(bytes.size()), ~crc);
}

}  // namespace slipway::records
