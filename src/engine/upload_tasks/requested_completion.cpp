#include "engine/upload_tasks/requested_completion.hpp"

#include <charconv>

#include "base/encoding.hpp"
#include "telemetry/trace_context.hpp"

namespace slipway::engine {

namespace {

// The text up to the next space, which goes with it.
std::string_view take_field(std::string_view& text) {
    const auto space = text.find(' ');
    const std::string_view field = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    return field;
}

std::optional<Sha256> read_digest(std::string_view hex) {
    Sha256 digest;
    return decode_hex(hex, digest.bytes) ? std::optional(digest) : std::nullopt;
}

std::optional<std::uint32_t> read_number(std::string_view digits) {
    std::uint32_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, number);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string encode(const RequestedCompletion& requested) {
    std::string text = requested.sha256 ? encode_hex(requested.sha256->view()) : std::string();
    text += ' ';
    text += requested.total_parts ? std::to_string(*requested.total_parts) : std::string();
    text += ' ';
    if (requested.key) {
        text += encode_hex(requested.key->key.view());
        text += encode_hex(requested.key->fingerprint.view());
    }
    text += ' ';
    text += requested.traceparent;
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

RequestedCompletion decode_requested_completion(std::string_view payload) {
    RequestedCompletion requested;
    requested.sha256 = read_digest(take_field(payload));
    requested.total_parts = read_number(take_field(payload));
    const std::string_view key = take_field(payload);
    const auto digest = read_digest(key.substr(0, 2 * Sha256::kSize));
    const auto fingerprint = read_digest(key.substr(key.size() / 2));
    if (digest && fingerprint) {
        requested.key = {.key = *digest, .fingerprint = *fingerprint};
    }
    const std::string_view trace = take_field(payload);
    if (telemetry::parse_traceparent(trace)) {
        requested.traceparent = trace;
    }
    return requested;
}

}  // namespace slipway::engine
