#include "records/key_records.hpp"

#include <algorithm>

#include "records/keys.hpp"
#include "records/record_codec.hpp"

namespace slipway::records {
namespace {

void write_time(RecordWriter& out, const std::optional<WallTime>& time) {
    if (time) {
        out.time(*time);
    }
}

std::optional<WallTime> read_time(RecordReader& in, bool present) {
    return present ? std::optional(in.time()) : std::nullopt;
}

}  // namespace

std::optional<KeyId> parse_api_key_key(std::string_view key) {
    if (key.size() != KeyId::kSize) {
        return std::nullopt;
    }
    KeyId::Bytes bytes;
    std::ranges::transform(key, bytes.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    return KeyId(bytes);
}

std::string encode_api_key(const core::ApiKey& key) {
    RecordWriter out;
    out.integer(static_cast<std::uint8_t>(flag(key.expires_at.has_value(), 0) |
                                          flag(key.revoked_at.has_value(), 1) |
                                          flag(key.last_used_at.has_value(), 2)));
    out.integer(key.scopes.bits());
    out.bytes(key.digest.bytes);
    out.time(key.created_at);
    write_time(out, key.expires_at);
    write_time(out, key.revoked_at);
    write_time(out, key.last_used_at);
    out.text(key.principal);
    return seal_record(api_key_key(key.id), out.take());
}

Result<core::ApiKey> decode_api_key(KeyId id, std::string_view record) {
    const auto body = unseal_record(api_key_key(id), record);
    if (!body) {
        return std::unexpected(body.error());
    }
    RecordReader in(*body);
    core::ApiKey key;
    key.id = id;
    const auto flags = in.flags(0b111);
    const auto scopes = core::Scopes::from_bits(in.integer<std::uint8_t>());
    in.require(scopes.has_value());
    key.scopes = scopes.value_or(core::Scopes());
    key.digest = in.digest<Sha256>();
    key.created_at = in.time();
    key.expires_at = read_time(in, has(flags, 0));
    key.revoked_at = read_time(in, has(flags, 1));
    key.last_used_at = read_time(in, has(flags, 2));
    key.principal = in.text();
    if (!in.finished()) {
        return malformed("API key");
    }
    return key;
}

}  // namespace slipway::records
