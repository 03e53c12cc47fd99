#include "adapters/rocksdb/access/quota_records.hpp"

#include "adapters/rocksdb/record_form.hpp"

namespace slipway::adapters::rocksdb {
namespace {

void write_limit(RecordWriter& out, const std::optional<std::uint64_t>& limit) {
    if (limit) {
        out.integer(*limit);
    }
}

std::optional<std::uint64_t> read_limit(RecordReader& in, bool present) {
    return present ? std::optional(in.integer<std::uint64_t>()) : std::nullopt;
}

}  // namespace

std::string encode_usage(std::string_view owner, const core::Usage& usage) {
    RecordWriter out;
    out.integer(usage.bytes);
    out.integer(usage.files);
    out.integer(usage.open_uploads);
    return seal_record(owner, out.take());
}

std::string encode_quota(std::string_view owner, const core::Quota& quota) {
    RecordWriter out;
    out.integer(static_cast<std::uint8_t>(flag(quota.bytes.has_value(), 0) |
                                          flag(quota.files.has_value(), 1) |
                                          flag(quota.open_uploads.has_value(), 2)));
    write_limit(out, quota.bytes);
    write_limit(out, quota.files);
    write_limit(out, quota.open_uploads);
    return seal_record(owner, out.take());
}

Result<core::Usage> decode_usage(std::string_view owner, std::string_view record) {
    const auto body = unseal_record(owner, record);
    if (!body) {
        return std::unexpected(body.error());
    }
    RecordReader in(*body);
    core::Usage usage;
    usage.bytes = in.integer<std::uint64_t>();
    usage.files = in.integer<std::uint64_t>();
    usage.open_uploads = in.integer<std::uint64_t>();
    return in.finished() ? Result<core::Usage>(usage) : malformed("usage");
}

Result<core::Quota> decode_quota(std::string_view owner, std::string_view record) {
    const auto body = unseal_record(owner, record);
    if (!body) {
        return std::unexpected(body.error());
    }
    RecordReader in(*body);
    const auto flags = in.flags(0b111);
    core::Quota quota;
    quota.bytes = read_limit(in, has(flags, 0));
    quota.files = read_limit(in, has(flags, 1));
    quota.open_uploads = read_limit(in, has(flags, 2));
    return in.finished() ? Result<core::Quota>(quota) : malformed("quota");
}

std::string encode_counted_parts(UploadId id, const core::Usage& parts) {
    RecordWriter out;
    out.integer(parts.bytes);
    return seal_record(id_key(id), out.take());
}

Result<core::Usage> decode_counted_parts(UploadId id, std::string_view record) {
    const auto body = unseal_record(id_key(id), record);
    if (!body) {
        return std::unexpected(body.error());
    }
    RecordReader in(*body);
    core::Usage parts;
    parts.bytes = in.integer<std::uint64_t>();
    return in.finished() ? Result<core::Usage>(parts) : malformed("counted parts");
}

Result<core::Usage> usage_after(const Transaction& changes, const std::string& owner,
                                const core::Usage& before, const core::Usage& after) {
    const auto usage = load_usage(changes, owner);
    if (!usage) {
        return usage;
    }
    const auto rest = core::without(*usage, before);
    return rest ? Result<core::Usage>(*rest + after)
                : failure(Errc::corrupted, "more would be given back than is in use");
}

void write_usage(Transaction& changes, const std::string& owner, const core::Usage& usage) {
    if (usage == core::Usage()) {
        changes.erase(Table::usage, owner);
    } else {
        changes.put(Table::usage, owner, encode_usage(owner, usage));
    }
}

}  // namespace slipway::adapters::rocksdb
