#include "records/keys.hpp"

namespace slipway::records {
namespace {

template <class Id>
std::string bytes_of(Id id) {
    return {reinterpret_cast<const char*>(id.bytes().data()), Id::kSize};
}

void append_be32(std::string& out, std::uint32_t value) {
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        out.push_back(static_cast<char>((value >> (shift - 8)) & 0xFFU));
    }
}

}  // namespace

std::string id_key(UploadId id) {
    return bytes_of(id);
}

std::string part_key(UploadId id, PartNumber number) {
    std::string key;
    key.reserve(UploadId::kSize + sizeof(std::uint32_t));
    key.append(reinterpret_cast<const char*>(id.bytes().data()), UploadId::kSize);
    append_be32(key, number.value());
    return key;
}

std::string task_key(TaskId id) {
    return bytes_of(id);
}

std::string api_key_key(KeyId id) {
    return bytes_of(id);
}

std::string position_key(std::uint64_t position) {
    std::string key;
    append_be32(key, static_cast<std::uint32_t>(position >> 32U));
    append_be32(key, static_cast<std::uint32_t>(position));
    return key;
}

}  // namespace slipway::records
