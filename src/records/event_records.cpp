// The binary form of events in the outbox (docs/on-disk-format.md, "Catalog").
#include "records/keys.hpp"
#include "records/record_codec.hpp"
#include "records/records.hpp"

namespace slipway::records {
namespace {

template <class Id>
void write_id(RecordWriter& out, const Id& id) {
    out.bytes(std::as_bytes(std::span(id.bytes())));
}

template <class Id>
Id read_id(RecordReader& in) {
    typename Id::Bytes bytes{};
    for (auto& byte : bytes) {
        byte = in.integer<std::uint8_t>();
    }
    return Id(bytes);
}

core::EventKind read_kind(RecordReader& in) {
    const auto value = in.integer<std::uint8_t>();
    in.require(value >= 1 && value <= core::kEventKinds);
    return static_cast<core::EventKind>(value);
}

}  // namespace

std::string encode_event(const core::OutboxEntry& entry) {
    const core::Event& event = entry.event;
    RecordWriter out;
    out.integer(static_cast<std::uint8_t>(
        flag(event.size.has_value(), 0) | flag(event.chain.has_value(), 1) |
        flag(event.crc64nvme.has_value(), 2) | flag(event.sha256.has_value(), 3) |
        flag(event.md5.has_value(), 4) | flag(event.part.has_value(), 5) |
        flag(event.storage_node.has_value(), 6)));
    out.integer(static_cast<std::uint8_t>(event.kind));
    write_id(out, event.id);
    write_id(out, event.subject);
    out.integer(event.sequence);
    out.time(event.time);
    if (event.size) {
        out.integer(event.size->value());
    }
    out.optional(event.chain);
    out.optional(event.crc64nvme);
    out.optional(event.sha256);
    out.optional(event.md5);
    out.text(event.owner);
    out.text(event.reason);
    out.text(event.traceparent);
    out.text(event.file_name);
    out.text(event.content_type);
    out.metadata(event.metadata);
    if (event.part) {
        out.integer(event.part->value());
    }
    if (event.storage_node) {
        out.text(*event.storage_node);
    }
    return seal_record(position_key(entry.position), out.take());
}

Result<core::OutboxEntry> decode_event(std::uint64_t position, std::string_view record) {
    const auto body = unseal_record(position_key(position), record);
    if (!body) {
        return std::unexpected(body.error());
    }
    RecordReader in(*body);
    core::OutboxEntry entry{.position = position, .event = {}};
    core::Event& event = entry.event;
    const auto flags = in.flags(0b1111111);
    event.kind = read_kind(in);
    event.id = read_id<EventId>(in);
    event.subject = read_id<UploadId>(in);
    event.sequence = in.integer<std::uint32_t>();
    event.time = in.time();
    if (has(flags, 0)) {
        event.size = ByteCount(in.integer<std::uint64_t>());
    }
    event.chain = in.optional<Sha256>(has(flags, 1));
    event.crc64nvme = in.optional<Crc64Nvme>(has(flags, 2));
    event.sha256 = in.optional<Sha256>(has(flags, 3));
    event.md5 = in.optional<Md5>(has(flags, 4));
    event.owner = in.text();
    event.reason = in.text();
    event.traceparent = in.text();
    event.file_name = in.text();
    event.content_type = in.text();
    event.metadata = in.metadata();
    if (has(flags, 5)) {
        event.part = PartNumber(in.integer<std::uint32_t>());
    }
    if (has(flags, 6)) {
        event.storage_node = in.text();
    }
    if (!in.finished()) {
        return malformed("event");
    }
    return entry;
}

}  // namespace slipway::records
