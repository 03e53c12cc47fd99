#include "core/delivery.hpp"

#include <array>
#include <charconv>

namespace slipway::core {

std::string delivery_key(std::string_view endpoint, UploadId subject, std::uint32_t sequence) {
    return "webhook/" + std::string(endpoint) + "/" + subject.to_string() + "/" +
           std::to_string(sequence);
}

std::string delivery_key(const Delivery& delivery) {
    return delivery.sequence > 0
               ? delivery_key(delivery.endpoint, delivery.subject, delivery.sequence)
               : "webhook/" + delivery.endpoint + "/" + delivery.subject.to_string() + "/event-" +
                     delivery.event.to_string();
}

std::string encode_delivery(const Delivery& delivery) {
    return delivery.endpoint + "\n" + delivery.event.to_string() + "\n" +
           delivery.subject.to_string() + "\n" + std::to_string(delivery.sequence) + "\n" +
           delivery.traceparent + "\n" + delivery.body;
}

std::optional<Delivery> parse_delivery(std::string_view payload) {
    std::array<std::string_view, 5> lines;
    for (auto& line : lines) {
        const auto end = payload.find('\n');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        line = payload.substr(0, end);
        payload.remove_prefix(end + 1);
    }
    const auto event = EventId::parse(lines[1]);
    const auto subject = UploadId::parse(lines[2]);
    std::uint32_t sequence = 0;
    const auto* end = lines[3].data() + lines[3].size();
    const auto [at, error] = std::from_chars(lines[3].data(), end, sequence);
    if (lines[0].empty() || !event || !subject || error != std::errc{} || at != end) {
        return std::nullopt;
    }
    return Delivery{.endpoint = std::string(lines[0]),
                    .event = *event,
                    .subject = *subject,
                    .sequence = sequence,
                    .traceparent = std::string(lines[4]),
                    .body = std::string(payload)};
}

}  // namespace slipway::core
