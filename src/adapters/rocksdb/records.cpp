#include "adapters/rocksdb/records.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "adapters/rocksdb/crc32c.hpp"
#include "adapters/rocksdb/keys.hpp"

namespace slipway::adapters::rocksdb {
namespace {

using Metadata = std::map<std::string, std::string>;

constexpr std::size_t kChecksumSize = 4;

class Writer {
 public:
    template <class T>
    void integer(T value) {
        const auto bits = static_cast<std::make_unsigned_t<T>>(value);
        for (std::size_t i = sizeof(T); i > 0; --i) {
            out_.push_back(static_cast<char>((bits >> (8U * (i - 1))) & 0xFFU));
        }
    }
    void bytes(std::span<const std::byte> value) {
        out_.append(reinterpret_cast<const char*>(value.data()), value.size());
    }
    void raw(std::string_view value) { out_.append(value); }
    void text(std::string_view value) {
        integer(static_cast<std::uint32_t>(value.size()));
        raw(value);
    }
    void time(WallTime value) { integer(unix_millis(value)); }
    template <class Digest>
    void optional(const std::optional<Digest>& value) {
        if (value) {
            bytes(value->bytes);
        }
    }
    void metadata(const Metadata& value) {
        integer(static_cast<std::uint32_t>(value.size()));
        for (const auto& [name, content] : value) {
            text(name);
            text(content);
        }
    }
    std::string_view written() const { return out_; }
    std::string take() { return std::move(out_); }

 private:
    std::string out_;
};

// Reads forward. After the first thing that is not there or not allowed it yields zeros and `ok()`
// is false.
class Reader {
 public:
    explicit Reader(std::string_view in) : in_(in) {}

    template <class T>
    T integer() {
        std::make_unsigned_t<T> value = 0;
        for (const char c : take(sizeof(T))) {
            value = static_cast<std::make_unsigned_t<T>>((std::uint64_t{value} << 8U) |
                                                         static_cast<std::uint8_t>(c));
        }
        return static_cast<T>(value);
    }
    template <class Digest>
    Digest digest() {
        Digest out;
        std::ranges::transform(take(Digest::kSize), out.bytes.begin(),
                               [](char c) { return static_cast<std::byte>(c); });
        return out;
    }
    template <class Digest>
    std::optional<Digest> optional(bool present) {
        return present ? std::optional(digest<Digest>()) : std::nullopt;
    }
    std::string text() { return std::string(take(integer<std::uint32_t>())); }
    WallTime time() { return from_unix_millis(integer<std::int64_t>()); }
    Metadata metadata() {
        Metadata out;
        for (auto left = integer<std::uint32_t>(); left > 0 && ok_; --left) {
            auto name = text();
            auto content = text();
            // Strictly rising, so that one value has one form.
            require(out.empty() || out.rbegin()->first < name);
            out.emplace_hint(out.end(), std::move(name), std::move(content));
        }
        return out;
    }
    // A byte of which only the bits in `known` may be set.
    std::uint8_t flags(std::uint8_t known) {
        const auto value = integer<std::uint8_t>();
        require((value & ~unsigned{known}) == 0);
        return value;
    }
    void require(bool condition) { ok_ = ok_ && condition; }
    // Everything was there and nothing is left.
    bool finished() const { return ok_ && in_.empty(); }

 private:
    std::string_view take(std::size_t size) {
        require(size <= in_.size());
        if (!ok_) {
            return {};
        }
        const auto out = in_.substr(0, size);
        in_.remove_prefix(size);
        return out;
    }

    std::string_view in_;
    bool ok_ = true;
};

std::uint32_t checksum_of(std::string_view key, std::string_view record) {
    return extend_crc32c(extend_crc32c(0, key), record);
}

// The record's body, when version and checksum are right.
Result<std::string_view> unseal(std::string_view key, std::string_view record) {
    if (record.size() < 1 + kChecksumSize) {
        return failure(Errc::corrupted, "record is too short");
    }
    const auto version = static_cast<std::uint8_t>(record.front());
    if (version != kRecordVersion) {
        return failure(Errc::corrupted, "record has version " + std::to_string(version) +
                                            ", this program reads " +
                                            std::to_string(kRecordVersion));
    }
    const auto covered = record.substr(0, record.size() - kChecksumSize);
    if (Reader(record.substr(covered.size())).integer<std::uint32_t>() !=
        checksum_of(key, covered)) {
        return failure(Errc::corrupted, "record does not match its checksum");
    }
    return covered.substr(1);
}

std::unexpected<Error> malformed(std::string_view what) {
    return failure(Errc::corrupted, std::string(what) + " record is malformed");
}

constexpr std::uint8_t flag(bool present, unsigned bit) {
    return static_cast<std::uint8_t>(unsigned{present} << bit);
}
constexpr bool has(std::uint8_t flags, unsigned bit) {
    return ((flags >> bit) & 1U) != 0;
}

// Numbers on disk are fixed here and do not follow the enumeration.
std::uint8_t code_of(DigestKind kind) {
    switch (kind) {
        case DigestKind::md5:
            return 1;
        case DigestKind::sha256:
            return 2;
        case DigestKind::crc32c:
            return 3;
        case DigestKind::crc64nvme:
            return 4;
    }
    return 0;
}

DigestKind read_digest_kind(Reader& in) {
    switch (in.integer<std::uint8_t>()) {
        case 1:
            return DigestKind::md5;
        case 2:
            return DigestKind::sha256;
        case 3:
            return DigestKind::crc32c;
        case 4:
            return DigestKind::crc64nvme;
        default:
            in.require(false);
            return DigestKind::sha256;
    }
}

core::UploadState read_state(Reader& in) {
    const auto value = in.integer<std::uint8_t>();
    in.require(value >= static_cast<std::uint8_t>(core::UploadState::open) &&
               value <= static_cast<std::uint8_t>(core::UploadState::expired));
    return static_cast<core::UploadState>(value);
}

void write_plan(Writer& out, const core::PartPlan& plan) {
    out.integer(plan.total_parts);
    out.integer(plan.part_size.value());
    if (plan.file_size) {
        out.integer(plan.file_size->value());
    }
}

core::PartPlan read_plan(Reader& in, bool with_size) {
    core::PartPlan plan;
    plan.total_parts = in.integer<std::uint32_t>();
    plan.part_size = ByteCount(in.integer<std::uint64_t>());
    if (with_size) {
        plan.file_size = ByteCount(in.integer<std::uint64_t>());
    }
    return plan;
}

}  // namespace

std::string seal_record(std::string_view key, std::string_view body) {
    Writer record;
    record.integer(std::uint8_t{kRecordVersion});
    record.raw(body);
    record.integer(checksum_of(key, record.written()));
    return record.take();
}

std::string encode_upload(const core::Upload& upload) {
    Writer out;
    out.integer(static_cast<std::uint8_t>(flag(upload.plan.file_size.has_value(), 0) |
                                          flag(upload.declared.sha256.has_value(), 1) |
                                          flag(upload.declared.md5.has_value(), 2)));
    out.integer(upload.epoch);
    out.integer(static_cast<std::uint8_t>(upload.state));
    out.integer(code_of(upload.checksum));
    write_plan(out, upload.plan);
    out.optional(upload.declared.sha256);
    out.optional(upload.declared.md5);
    out.time(upload.created_at);
    out.time(upload.expires_at);
    out.time(upload.ended_at);
    out.text(upload.owner);
    out.text(upload.storage_node);
    out.text(upload.file_name);
    out.text(upload.content_type);
    out.metadata(upload.metadata);
    return seal_record(id_key(upload.id), out.take());
}

Result<core::Upload> decode_upload(UploadId id, std::string_view record) {
    const auto body = unseal(id_key(id), record);
    if (!body) {
        return std::unexpected(body.error());
    }
    Reader in(*body);
    core::Upload upload;
    upload.id = id;
    const auto flags = in.flags(0b111);
    upload.epoch = in.integer<core::Epoch>();
    upload.state = read_state(in);
    upload.checksum = read_digest_kind(in);
    upload.plan = read_plan(in, has(flags, 0));
    upload.declared.sha256 = in.optional<Sha256>(has(flags, 1));
    upload.declared.md5 = in.optional<Md5>(has(flags, 2));
    upload.created_at = in.time();
    upload.expires_at = in.time();
    upload.ended_at = in.time();
    upload.owner = in.text();
    upload.storage_node = in.text();
    upload.file_name = in.text();
    upload.content_type = in.text();
    upload.metadata = in.metadata();
    if (!in.finished()) {
        return malformed("upload");
    }
    return upload;
}

std::string encode_part(UploadId id, const core::Part& part) {
    Writer out;
    out.integer(static_cast<std::uint8_t>(flag(part.digests.md5.has_value(), 0) |
                                          flag(part.digests.crc32c.has_value(), 1)));
    out.integer(part.size.value());
    out.time(part.stored_at);
    out.bytes(part.digests.sha256.bytes);
    out.bytes(part.digests.crc64nvme.bytes);
    out.optional(part.digests.md5);
    out.optional(part.digests.crc32c);
    return seal_record(part_key(id, part.number), out.take());
}

Result<core::Part> decode_part(UploadId id, PartNumber number, std::string_view record) {
    return decode_part(PartKey{part_key(id, number), number}, record);
}

Result<core::Part> decode_part(const PartKey& key, std::string_view record) {
    const auto body = unseal(key.bytes, record);
    if (!body) {
        return std::unexpected(body.error());
    }
    Reader in(*body);
    core::Part part;
    part.number = key.number;
    const auto flags = in.flags(0b11);
    part.size = ByteCount(in.integer<std::uint64_t>());
    part.stored_at = in.time();
    part.digests.sha256 = in.digest<Sha256>();
    part.digests.crc64nvme = in.digest<Crc64Nvme>();
    part.digests.md5 = in.optional<Md5>(has(flags, 0));
    part.digests.crc32c = in.optional<Crc32c>(has(flags, 1));
    if (!in.finished()) {
        return malformed("part");
    }
    return part;
}

std::string encode_file(const core::File& file) {
    Writer out;
    out.integer(static_cast<std::uint8_t>(flag(file.plan.file_size.has_value(), 0) |
                                          flag(file.sha256.has_value(), 1) |
                                          flag(file.md5.has_value(), 2)));
    out.integer(file.size.value());
    write_plan(out, file.plan);
    out.bytes(file.chain.bytes);
    out.bytes(file.crc64nvme.bytes);
    out.optional(file.sha256);
    out.optional(file.md5);
    out.time(file.completed_at);
    out.text(file.owner);
    out.text(file.storage_node);
    out.text(file.name);
    out.text(file.content_type);
    out.metadata(file.metadata);
    return seal_record(id_key(file.id), out.take());
}

Result<core::File> decode_file(UploadId id, std::string_view record) {
    const auto body = unseal(id_key(id), record);
    if (!body) {
        return std::unexpected(body.error());
    }
    Reader in(*body);
    core::File file;
    file.id = id;
    const auto flags = in.flags(0b111);
    file.size = ByteCount(in.integer<std::uint64_t>());
    file.plan = read_plan(in, has(flags, 0));
    file.chain = in.digest<Sha256>();
    file.crc64nvme = in.digest<Crc64Nvme>();
    file.sha256 = in.optional<Sha256>(has(flags, 1));
    file.md5 = in.optional<Md5>(has(flags, 2));
    file.completed_at = in.time();
    file.owner = in.text();
    file.storage_node = in.text();
    file.name = in.text();
    file.content_type = in.text();
    file.metadata = in.metadata();
    if (!in.finished()) {
        return malformed("file");
    }
    return file;
}

}  // namespace slipway::adapters::rocksdb
