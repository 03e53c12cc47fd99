#include "adapters/webhook/cloud_event.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.hpp"
#include "base/time.hpp"

namespace slipway::adapters::webhook {

namespace json = boost::json;

namespace {

template <class Digest>
void add_digest(json::object& to, std::string_view name, const std::optional<Digest>& digest) {
    if (digest) {
        to[name] = encode_hex(digest->view());
    }
}

bool has_file(core::EventKind kind) {
    return kind == core::EventKind::upload_completed || kind == core::EventKind::file_deleted ||
           kind == core::EventKind::file_replicated;
}

json::object data_of(const core::Event& event) {
    json::object data;
    data["upload_id"] = event.subject.to_string();
    if (has_file(event.kind)) {
        data["file_id"] = event.subject.to_string();
    }
    data["owner"] = event.owner;
    data["file_name"] = event.file_name;
    data["content_type"] = event.content_type;
    if (event.size) {
        data["size"] = event.size->value();
    }
    add_digest(data, "chain", event.chain);
    add_digest(data, "crc64nvme", event.crc64nvme);
    add_digest(data, "sha256", event.sha256);
    add_digest(data, "md5", event.md5);
    json::object metadata;
    for (const auto& [name, value] : event.metadata) {
        metadata[name] = value;
    }
    data["metadata"] = std::move(metadata);
    if (event.part) {
        data["part_number"] = event.part->value();
    }
    if (event.storage_node) {
        data["storage_node"] = *event.storage_node;
    }
    if (!event.reason.empty()) {
        data["reason"] = event.reason;
    }
    return data;
}

}  // namespace

std::string cloud_event(const core::Event& event, std::string_view source) {
    json::object message;
    message["specversion"] = "1.0";
    message["id"] = event.id.to_string();
    message["source"] = source;
    message["type"] = "slipway." + std::string(core::to_string(event.kind));
    message["subject"] = event.subject.to_string();
    message["time"] = format_rfc3339(event.time);
    message["datacontenttype"] = "application/json";
    if (event.sequence > 0) {
        message["sequence"] = std::to_string(event.sequence);
        message["sequencetype"] = "Integer";
    }
    if (!event.traceparent.empty()) {
        message["traceparent"] = event.traceparent;
    }
    message["data"] = data_of(event);
    return json::serialize(message);
}

}  // namespace slipway::adapters::webhook
