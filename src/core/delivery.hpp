// Delivery: one event on its way to one endpoint, as the payload of a task of the queue, and the
// names by which the deliveries of one upload find each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "core/event.hpp"

namespace slipway::core {

struct Delivery {
    std::string endpoint;  // its name; without line breaks
    EventId event;
    UploadId subject;
    std::uint32_t sequence = 0;
    std::string traceparent;  // may be empty
    std::string body;         // what is sent
    friend bool operator==(const Delivery&, const Delivery&) = default;
};

// The dedupe key of a delivery's task: of an upload's event with this number, to this endpoint.
std::string delivery_key(std::string_view endpoint, UploadId subject, std::uint32_t sequence);
// The same of this delivery; of an event that is not counted, by the event's id.
std::string delivery_key(const Delivery& delivery);

std::string encode_delivery(const Delivery& delivery);
// Nothing for what encode_delivery() did not write.
std::optional<Delivery> parse_delivery(std::string_view payload);

}  // namespace slipway::core
