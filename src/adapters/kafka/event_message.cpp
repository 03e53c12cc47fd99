#include "adapters/kafka/event_message.hpp"

#include <optional>

#include "adapters/kafka/avro_writer.hpp"
#include "base/encoding.hpp"
#include "base/time.hpp"

namespace slipway::adapters::kafka {

namespace {

template <class Digest>
std::optional<std::string> hex_of(const std::optional<Digest>& digest) {
    return digest ? std::optional(encode_hex(digest->view())) : std::nullopt;
}

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

template <class Number>
std::optional<std::int64_t> number_of(const std::optional<Number>& number) {
    return number ? std::optional(static_cast<std::int64_t>(number->value())) : std::nullopt;
}

std::string single_object_head() {
    std::string head("\xC3\x01");
    for (unsigned shift = 0; shift < 64; shift += 8) {
        head.push_back(static_cast<char>((kEventFingerprint >> shift) & 0xFFU));
    }
    return head;
}

}  // namespace

// In the order of the schema's fields.
std::string event_value(const core::Event& event, std::string_view source) {
    AvroWriter out;
    out.text(event.id.to_string());
    out.text(source);
    out.text(core::to_string(event.kind));
    out.number(unix_millis(event.time));
    out.text(event.subject.to_string());
    out.optional_number(event.sequence > 0 ? std::optional(std::int64_t{event.sequence})
                                           : std::nullopt);
    out.text(event.owner);
    out.text(event.file_name);
    out.text(event.content_type);
    out.optional_number(number_of(event.size));
    out.optional_text(hex_of(event.chain));
    out.optional_text(hex_of(event.crc64nvme));
    out.optional_text(hex_of(event.sha256));
    out.optional_text(hex_of(event.md5));
    out.map(event.metadata);
    out.optional_text(unless_empty(event.reason));
    out.optional_text(unless_empty(event.traceparent));
    out.optional_number(number_of(event.part));
    out.optional_text(event.storage_node);
    return single_object_head() + out.take();
}

Message event_message(const core::Event& event, std::string_view source, std::string topic) {
    Message message{.topic = std::move(topic),
                    .key = event.subject.to_string(),
                    .value = event_value(event, source),
                    .headers = {{"content-type", "application/avro"},
                                {"id", event.id.to_string()},
                                {"type", "slipway." + std::string(core::to_string(event.kind))}}};
    if (!event.traceparent.empty()) {
        message.headers.emplace_back("traceparent", event.traceparent);
    }
    return message;
}

}  // namespace slipway::adapters::kafka
