#include "records/key_records.hpp"

#include <gtest/gtest.h>

#include <span>

#include "base/encoding.hpp"

namespace slipway::records {
namespace {

core::ApiKey sample(unsigned times) {
    core::ApiKey key;
    KeyId::Bytes id;
    id.fill(0x33);
    key.id = KeyId(id);
    key.principal = "alice";
    key.scopes = {core::Scope::upload, core::Scope::read};
    key.digest.bytes.fill(std::byte{0xAA});
    key.created_at = from_unix_millis(1);
    if ((times & 1U) != 0) {
        key.expires_at = from_unix_millis(2);
    }
    if ((times & 2U) != 0) {
        key.revoked_at = from_unix_millis(3);
    }
    if ((times & 4U) != 0) {
        key.last_used_at = from_unix_millis(4);
    }
    return key;
}

TEST(KeyRecords, OfEveryShapeAreReadBack) {
    for (unsigned times = 0; times < 8; ++times) {
        const auto key = sample(times);
        EXPECT_EQ(decode_api_key(key.id, encode_api_key(key)), key);
    }
}

// As docs/on-disk-format.md has it.
TEST(KeyRecords, TheirBytesStay) {
    const std::string record = encode_api_key(sample(1));
    EXPECT_EQ(encode_hex(std::as_bytes(std::span(record))), "010103" + std::string(64, 'a') +
                                                                "0000000000000001"
                                                                "0000000000000002"
                                                                "00000005616c696365"
                                                                "5db6a5d6");
}

TEST(KeyRecords, DamagedOnesAreRefused) {
    const auto key = sample(7);
    const std::string record = encode_api_key(key);
    for (std::size_t bit = 0; bit < 8 * record.size(); ++bit) {
        std::string damaged = record;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(decode_api_key(key.id, damaged)) << bit;
    }
    for (std::size_t size = 0; size < record.size(); ++size) {
        EXPECT_FALSE(decode_api_key(key.id, record.substr(0, size)));
    }
    EXPECT_FALSE(decode_api_key(KeyId(), record)) << "under another key";
}

}  // namespace
}  // namespace slipway::records
