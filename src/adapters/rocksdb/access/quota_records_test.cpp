#include "adapters/rocksdb/access/quota_records.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <span>

#include "base/encoding.hpp"

namespace slipway::adapters::rocksdb {
namespace {

constexpr std::uint64_t kBytes = 0x0102030405060708;
constexpr core::Usage kUsage{.bytes = kBytes, .files = 9, .open_uploads = 10};
constexpr core::Usage kParts{.bytes = kBytes, .files = 0, .open_uploads = 0};

UploadId sample_id() {
    UploadId::Bytes bytes;
    bytes.fill(0x11);
    return UploadId(bytes);
}

core::Quota quota_of_shape(unsigned limits) {
    core::Quota quota;
    if ((limits & 1U) != 0) {
        quota.bytes = kBytes;
    }
    if ((limits & 2U) != 0) {
        quota.files = 0;
    }
    if ((limits & 4U) != 0) {
        quota.open_uploads = 3;
    }
    return quota;
}

std::string hex(const std::string& record) {
    return encode_hex(std::as_bytes(std::span(record)));
}

TEST(QuotaRecords, OfEveryShapeAreReadBack) {
    EXPECT_EQ(decode_usage("alice", encode_usage("alice", kUsage)), kUsage);
    EXPECT_EQ(decode_counted_parts(sample_id(), encode_counted_parts(sample_id(), kParts)), kParts);
    for (unsigned limits = 0; limits < 8; ++limits) {
        const auto quota = quota_of_shape(limits);
        EXPECT_EQ(decode_quota("alice", encode_quota("alice", quota)), quota);
    }
}

// Written out by hand from docs/on-disk-format.md; the checksums computed apart from this code.
TEST(QuotaRecords, TheirBytesStay) {
    EXPECT_EQ(hex(encode_usage("alice", kUsage)),
              "010102030405060708"
              "0000000000000009"
              "000000000000000a"
              "d13e769b");
    EXPECT_EQ(hex(encode_quota("alice", quota_of_shape(5))),
              "01050102030405060708"
              "0000000000000003"
              "99d1db6e");
    EXPECT_EQ(hex(encode_quota("alice", {})), "01000ce00c23");
    EXPECT_EQ(hex(encode_counted_parts(sample_id(), kParts)), "010102030405060708c3b75408");
}

void expect_damage_is_seen(const std::string& record,
                           const std::function<bool(std::string_view)>& decodes) {
    ASSERT_TRUE(decodes(record));
    for (std::size_t bit = 0; bit < 8 * record.size(); ++bit) {
        std::string damaged = record;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(decodes(damaged)) << bit;
    }
    for (std::size_t size = 0; size < record.size(); ++size) {
        EXPECT_FALSE(decodes(std::string_view(record).substr(0, size)));
    }
}

TEST(QuotaRecords, DamagedOnesAreRefused) {
    expect_damage_is_seen(encode_usage("alice", kUsage), [](std::string_view record) {
        return decode_usage("alice", record).has_value();
    });
    expect_damage_is_seen(encode_quota("alice", quota_of_shape(7)), [](std::string_view record) {
        return decode_quota("alice", record).has_value();
    });
    expect_damage_is_seen(encode_counted_parts(sample_id(), kParts), [](std::string_view record) {
        return decode_counted_parts(sample_id(), record).has_value();
    });
    EXPECT_FALSE(decode_usage("bob", encode_usage("alice", kUsage))) << "another's";
    EXPECT_FALSE(decode_quota("bob", encode_quota("alice", {}))) << "another's";
}

}  // namespace
}  // namespace slipway::adapters::rocksdb
