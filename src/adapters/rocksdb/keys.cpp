#include "adapters/rocksdb/keys.hpp"

#include <algorithm>

namespace slipway::adapters::rocksdb {
namespace {

constexpr std::size_t kNumberSize = 4;

void append_be32(std::string& out, std::uint32_t value) {
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        out.push_back(static_cast<char>((value >> (shift - 8)) & 0xFFU));
    }
}

// Two's complement with the sign turned over: byte order is the order of time.
void append_time(std::string& out, WallTime time) {
    constexpr std::uint64_t kSign = std::uint64_t{1} << 63U;
    const std::uint64_t value = static_cast<std::uint64_t>(unix_millis(time)) ^ kSign;
    append_be32(out, static_cast<std::uint32_t>(value >> 32U));
    append_be32(out, static_cast<std::uint32_t>(value & 0xFFFFFFFFU));
}

void append_id(std::string& out, UploadId id) {
    out.append(reinterpret_cast<const char*>(id.bytes().data()), UploadId::kSize);
}

}  // namespace

std::string owner_prefix(std::string_view owner) {
    // The length first: no owner's prefix is the beginning of another's.
    std::string key;
    append_be32(key, static_cast<std::uint32_t>(owner.size()));
    key.append(owner);
    return key;
}

std::string state_prefix(core::UploadState state) {
    return std::string(1, static_cast<char>(state));
}

std::string owner_key(std::string_view owner, UploadId id) {
    std::string key = owner_prefix(owner);
    append_id(key, id);
    return key;
}

std::string state_key(core::UploadState state, UploadId id) {
    std::string key = state_prefix(state);
    append_id(key, id);
    return key;
}

std::optional<std::uint64_t> position_of_key(std::string_view key) {
    if (key.size() != 2 * kNumberSize) {
        return std::nullopt;
    }
    std::uint64_t position = 0;
    for (const char c : key) {
        position = (position << 8U) | static_cast<std::uint8_t>(c);
    }
    return position;
}

std::string idempotency_key_of(std::string_view owner, std::string_view key) {
    return owner_prefix(owner).append(key);
}

std::string expiry_key(WallTime expires_at, UploadId id) {
    std::string key;
    append_time(key, expires_at);
    append_id(key, id);
    return key;
}

std::string end_of_expired(WallTime now) {
    std::string key;
    append_time(key, now + std::chrono::milliseconds(1));
    return key;
}

std::optional<UploadId> id_of_key(std::string_view key) {
    if (key.size() < UploadId::kSize) {
        return std::nullopt;
    }
    UploadId::Bytes bytes;
    std::ranges::transform(key.substr(key.size() - UploadId::kSize), bytes.begin(),
                           [](char c) { return static_cast<std::uint8_t>(c); });
    return UploadId(bytes);
}

std::optional<PartNumber> part_number_of_key(std::string_view key) {
    if (key.size() != UploadId::kSize + kNumberSize) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    for (const char c : key.substr(UploadId::kSize)) {
        value = (value << 8U) | static_cast<std::uint8_t>(c);
    }
    return PartNumber(value);
}

std::string end_of_ids(std::string_view prefix) {
    return std::string(prefix).append(UploadId::kSize + 1, '\xFF');
}

std::string end_of_parts(UploadId id) {
    return id_key(id).append(kNumberSize + 1, '\xFF');
}

}  // namespace slipway::adapters::rocksdb
