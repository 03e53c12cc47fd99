// An event as a message of Kafka (docs/events.md, "Kafka"): the record of docs/events/event.avsc in
// Avro's single-object encoding, under the upload's id, so that an upload's events stay in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/kafka/message.hpp"
#include "core/event.hpp"

namespace slipway::adapters::kafka {

// CRC-64-AVRO of the schema's parsing canonical form: by it readers know the schema.
inline constexpr std::uint64_t kEventFingerprint = 0xCE51937F24CB1742;

// `source`: a URI reference that names this installation. The same event always has the same bytes.
std::string event_value(const core::Event& event, std::string_view source);
Message event_message(const core::Event& event, std::string_view source, std::string topic);

}  // namespace slipway::adapters::kafka
