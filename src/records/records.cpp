#include "records/records.hpp"

#include <cstddef>
#include <span>
#include <utility>

#include "records/keys.hpp"
#include "records/record_codec.hpp"

namespace slipway::records {
namespace {

// Of the flags of uploads and of files.
constexpr unsigned kFreeSizes = 6;
// Of those of uploads alone: there is a second byte of them, behind the metadata.
constexpr unsigned kMore = 7;
// Of that one.
constexpr unsigned kKeyOfInit = 0;
constexpr unsigned kKeyOfComplete = 1;
constexpr unsigned kPlacement = 2;
constexpr unsigned kMoreBlobs = 3;
constexpr unsigned kDirect = 4;
// Of the flags of parts.
constexpr unsigned kReceipt = 3;
constexpr unsigned kCopies = 4;
constexpr unsigned kNoCrc64 = 5;
// Of those of files: there is a second byte of them, behind the metadata.
constexpr unsigned kMoreOfFile = 7;
// Of that one; the second: the CRC64-NVME is not known, and zeros stand in its place.
constexpr unsigned kCopiesOfFile = 0;
constexpr unsigned kNoCrc64OfFile = 1;

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

DigestKind read_digest_kind(RecordReader& in) {
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

core::UploadState read_state(RecordReader& in) {
    const auto value = in.integer<std::uint8_t>();
    in.require(value >= static_cast<std::uint8_t>(core::UploadState::open) &&
               value <= static_cast<std::uint8_t>(core::UploadState::expired));
    return static_cast<core::UploadState>(value);
}

void write_plan(RecordWriter& out, const core::PartPlan& plan) {
    out.integer(plan.total_parts);
    out.integer(plan.part_size.value());
    if (plan.file_size) {
        out.integer(plan.file_size->value());
    }
}

std::uint8_t has_free_sizes(const core::PartPlan& plan) {
    return flag(plan.sizes == core::PartSizes::free, kFreeSizes);
}

core::PartPlan read_plan(RecordReader& in, std::uint8_t flags) {
    core::PartPlan plan;
    plan.sizes = has(flags, kFreeSizes) ? core::PartSizes::free : core::PartSizes::fixed;
    plan.total_parts = in.integer<std::uint32_t>();
    plan.part_size = ByteCount(in.integer<std::uint64_t>());
    if (has(flags, 0)) {
        plan.file_size = ByteCount(in.integer<std::uint64_t>());
    }
    return plan;
}

void write_more_blobs(RecordWriter& out, const core::Upload& upload) {
    out.integer(upload.home);
    out.integer(static_cast<std::uint32_t>(upload.blobs.size()));
    for (const core::StagedCopy& blob : std::span(upload.blobs).subspan(1)) {
        out.text(blob.storage_node);
        out.text(blob.placement);
    }
}

void read_more_blobs(RecordReader& in, core::Upload& upload) {
    upload.home = in.integer<std::uint32_t>();
    const auto count = in.integer<std::uint32_t>();
    in.require(count > 1 && upload.home < count);
    while (in.ok() && upload.blobs.size() < count) {
        core::StagedCopy& blob = upload.blobs.emplace_back();
        blob.storage_node = in.text();
        blob.placement = in.text();
    }
}

std::uint8_t more_flags(const core::Upload& upload) {
    return static_cast<std::uint8_t>(flag(upload.idempotency.has_value(), kKeyOfInit) |
                                     flag(upload.completed_by.has_value(), kKeyOfComplete) |
                                     flag(!upload.blobs.front().placement.empty(), kPlacement) |
                                     flag(upload.blobs.size() > 1, kMoreBlobs) |
                                     flag(upload.direct, kDirect));
}

void write_more(RecordWriter& out, const core::Upload& upload) {
    out.integer(more_flags(upload));
    if (upload.idempotency) {
        out.text(upload.idempotency->key);
        out.bytes(upload.idempotency->fingerprint.bytes);
    }
    if (upload.completed_by) {
        out.bytes(upload.completed_by->key.bytes);
        out.bytes(upload.completed_by->fingerprint.bytes);
    }
    if (!upload.blobs.front().placement.empty()) {
        out.text(upload.blobs.front().placement);
    }
    if (upload.blobs.size() > 1) {
        write_more_blobs(out, upload);
    }
}

void read_more(RecordReader& in, core::Upload& upload) {
    const auto flags = in.flags(0b1'1111);
    in.require(flags != 0);
    upload.direct = has(flags, kDirect);
    if (has(flags, kKeyOfInit)) {
        core::IdempotencyKey& idempotency = upload.idempotency.emplace();
        idempotency.key = in.text();
        idempotency.fingerprint = in.digest<Sha256>();
    }
    if (has(flags, kKeyOfComplete)) {
        core::CompletionKey& completed_by = upload.completed_by.emplace();
        completed_by.key = in.digest<Sha256>();
        completed_by.fingerprint = in.digest<Sha256>();
    }
    if (has(flags, kPlacement)) {
        upload.blobs.front().placement = in.text();
        in.require(!upload.blobs.front().placement.empty());
    }
    if (has(flags, kMoreBlobs)) {
        read_more_blobs(in, upload);
    }
}

// Most parts lie in the first blob alone: that takes no more than the receipt.
bool is_in_first_alone(const core::Part& part) {
    return part.copies.size() == 1 && part.copies.front().blob == 0;
}

void write_copies(RecordWriter& out, const core::Part& part) {
    out.integer(static_cast<std::uint32_t>(part.copies.size()));
    for (const core::PartCopy& copy : part.copies) {
        out.integer(copy.blob);
        out.text(copy.receipt);
    }
}

void read_copies(RecordReader& in, core::Part& part) {
    part.copies.clear();
    for (auto left = in.integer<std::uint32_t>(); in.ok() && left > 0; --left) {
        core::PartCopy copy{.blob = in.integer<std::uint32_t>(), .receipt = in.text()};
        // Strictly rising, so that one value has one form.
        in.require(part.copies.empty() || part.copies.back().blob < copy.blob);
        part.copies.push_back(std::move(copy));
    }
    in.require(!part.copies.empty() && !is_in_first_alone(part));
}

std::uint8_t more_flags(const core::File& file) {
    return static_cast<std::uint8_t>(flag(!file.copies.empty(), kCopiesOfFile) |
                                     flag(!file.crc64nvme, kNoCrc64OfFile));
}

void write_more(RecordWriter& out, const core::File& file) {
    out.integer(more_flags(file));
    if (file.copies.empty()) {
        return;
    }
    out.integer(static_cast<std::uint32_t>(file.copies.size()));
    for (const core::FileCopy& copy : file.copies) {
        out.text(copy.storage_node);
        out.time(copy.compared_at);
    }
}

void read_more(RecordReader& in, core::File& file) {
    const auto flags = in.flags(0b11);
    in.require(flags != 0);
    if (has(flags, kNoCrc64OfFile)) {
        in.require(file.crc64nvme == Crc64Nvme{});
        file.crc64nvme.reset();
    }
    if (!has(flags, kCopiesOfFile)) {
        return;
    }
    auto left = in.integer<std::uint32_t>();
    in.require(left > 0);
    for (; in.ok() && left > 0; --left) {
        core::FileCopy copy{.storage_node = in.text()};
        copy.compared_at = in.time();
        file.copies.push_back(std::move(copy));
    }
}

}  // namespace

std::string encode_upload(const core::Upload& upload) {
    RecordWriter out;
    out.integer(static_cast<std::uint8_t>(
        flag(upload.plan.file_size.has_value(), 0) | flag(upload.declared.sha256.has_value(), 1) |
        flag(upload.declared.md5.has_value(), 2) | flag(upload.complete_when_full, 3) |
        flag(!upload.failure.empty(), 4) | flag(upload.events > 0, 5) |
        has_free_sizes(upload.plan) | flag(more_flags(upload) != 0, kMore)));
    out.integer(upload.epoch);
    out.integer(static_cast<std::uint8_t>(upload.state));
    out.integer(code_of(upload.checksum));
    write_plan(out, upload.plan);
    out.optional(upload.declared.sha256);
    out.optional(upload.declared.md5);
    out.time(upload.created_at);
    out.time(upload.expires_at);
    out.time(upload.ended_at);
    if (!upload.failure.empty()) {
        out.text(upload.failure);
    }
    if (upload.events > 0) {
        out.integer(upload.events);
    }
    out.text(upload.owner);
    out.text(upload.blobs.front().storage_node);
    out.text(upload.file_name);
    out.text(upload.content_type);
    out.metadata(upload.metadata);
    if (more_flags(upload) != 0) {
        write_more(out, upload);
    }
    return seal_record(id_key(upload.id), out.take());
}

Result<core::Upload> decode_upload(UploadId id, std::string_view record) {
    const auto body = unseal_record(id_key(id), record);
    if (!body) {
        return std::unexpected(body.error());
    }
    RecordReader in(*body);
    core::Upload upload;
    upload.id = id;
    const auto flags = in.flags(0b1111'1111);
    upload.complete_when_full = has(flags, 3);
    upload.epoch = in.integer<core::Epoch>();
    upload.state = read_state(in);
    upload.checksum = read_digest_kind(in);
    upload.plan = read_plan(in, flags);
    upload.declared.sha256 = in.optional<Sha256>(has(flags, 1));
    upload.declared.md5 = in.optional<Md5>(has(flags, 2));
    upload.created_at = in.time();
    upload.expires_at = in.time();
    upload.ended_at = in.time();
    if (has(flags, 4)) {
        upload.failure = in.text();
        in.require(!upload.failure.empty());
    }
    if (has(flags, 5)) {
        upload.events = in.integer<std::uint32_t>();
        in.require(upload.events > 0);
    }
    upload.owner = in.text();
    upload.blobs.front().storage_node = in.text();
    upload.file_name = in.text();
    upload.content_type = in.text();
    upload.metadata = in.metadata();
    if (has(flags, kMore)) {
        read_more(in, upload);
    }
    if (!in.finished()) {
        return malformed("upload");
    }
    return upload;
}

std::string encode_part(UploadId id, const core::Part& part) {
    RecordWriter out;
    out.integer(static_cast<std::uint8_t>(
        flag(part.digests.md5.has_value(), 0) | flag(part.digests.crc32c.has_value(), 1) |
        flag(part.extent.has_value(), 2) |
        flag(is_in_first_alone(part) && !part.copies.front().receipt.empty(), kReceipt) |
        flag(!is_in_first_alone(part), kCopies) | flag(!part.digests.crc64nvme, kNoCrc64)));
    out.integer(part.size.value());
    out.time(part.stored_at);
    out.bytes(part.digests.sha256.bytes);
    out.optional(part.digests.crc64nvme);
    out.optional(part.digests.md5);
    out.optional(part.digests.crc32c);
    if (part.extent) {
        out.integer(part.extent->value());
    }
    if (!is_in_first_alone(part)) {
        write_copies(out, part);
    } else if (!part.copies.front().receipt.empty()) {
        out.text(part.copies.front().receipt);
    }
    return seal_record(part_key(id, part.number), out.take());
}

Result<core::Part> decode_part(UploadId id, PartNumber number, std::string_view record) {
    return decode_part(PartKey{part_key(id, number), number}, record);
}

Result<core::Part> decode_part(const PartKey& key, std::string_view record) {
    const auto body = unseal_record(key.bytes, record);
    if (!body) {
        return std::unexpected(body.error());
    }
    RecordReader in(*body);
    core::Part part;
    part.number = key.number;
    const auto flags = in.flags(0b11'1111);
    in.require(!has(flags, kReceipt) || !has(flags, kCopies));
    part.size = ByteCount(in.integer<std::uint64_t>());
    part.stored_at = in.time();
    part.digests.sha256 = in.digest<Sha256>();
    part.digests.crc64nvme = in.optional<Crc64Nvme>(!has(flags, kNoCrc64));
    part.digests.md5 = in.optional<Md5>(has(flags, 0));
    part.digests.crc32c = in.optional<Crc32c>(has(flags, 1));
    if (has(flags, 2)) {
        part.extent = ByteOffset(in.integer<std::uint64_t>());
    }
    if (has(flags, kReceipt)) {
        part.copies.front().receipt = in.text();
        in.require(!part.copies.front().receipt.empty());
    }
    if (has(flags, kCopies)) {
        read_copies(in, part);
    }
    if (!in.finished()) {
        return malformed("part");
    }
    return part;
}

std::string encode_file(const core::File& file) {
    RecordWriter out;
    out.integer(static_cast<std::uint8_t>(
        flag(file.plan.file_size.has_value(), 0) | flag(file.sha256.has_value(), 1) |
        flag(file.md5.has_value(), 2) | flag(file.damaged_at.has_value(), 3) |
        flag(file.events > 0, 4) | flag(file.expires_at.has_value(), 5) |
        has_free_sizes(file.plan) | flag(more_flags(file) != 0, kMoreOfFile)));
    out.integer(file.size.value());
    write_plan(out, file.plan);
    out.bytes(file.chain.bytes);
    out.bytes(file.crc64nvme.value_or(Crc64Nvme{}).bytes);
    out.optional(file.sha256);
    out.optional(file.md5);
    out.time(file.completed_at);
    if (file.damaged_at) {
        out.time(*file.damaged_at);
    }
    if (file.events > 0) {
        out.integer(file.events);
    }
    if (file.expires_at) {
        out.time(*file.expires_at);
    }
    out.text(file.owner);
    out.text(file.storage_node);
    out.text(file.name);
    out.text(file.content_type);
    out.metadata(file.metadata);
    if (more_flags(file) != 0) {
        write_more(out, file);
    }
    return seal_record(id_key(file.id), out.take());
}

Result<core::File> decode_file(UploadId id, std::string_view record) {
    const auto body = unseal_record(id_key(id), record);
    if (!body) {
        return std::unexpected(body.error());
    }
    RecordReader in(*body);
    core::File file;
    file.id = id;
    const auto flags = in.flags(0b1111'1111);
    file.size = ByteCount(in.integer<std::uint64_t>());
    file.plan = read_plan(in, flags);
    file.chain = in.digest<Sha256>();
    file.crc64nvme = in.digest<Crc64Nvme>();
    file.sha256 = in.optional<Sha256>(has(flags, 1));
    file.md5 = in.optional<Md5>(has(flags, 2));
    file.completed_at = in.time();
    if (has(flags, 3)) {
        file.damaged_at = in.time();
    }
    if (has(flags, 4)) {
        file.events = in.integer<std::uint32_t>();
        in.require(file.events > 0);
    }
    if (has(flags, 5)) {
        file.expires_at = in.time();
    }
    file.owner = in.text();
    file.storage_node = in.text();
    file.name = in.text();
    file.content_type = in.text();
    file.metadata = in.metadata();
    if (has(flags, kMoreOfFile)) {
        read_more(in, file);
    }
    if (!in.finished()) {
        return malformed("file");
    }
    return file;
}

}  // namespace slipway::records
