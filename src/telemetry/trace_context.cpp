#include "telemetry/trace_context.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "base/encoding.hpp"

namespace slipway::telemetry {

namespace {

// version 2, trace 32, span 16, flags 2, and three hyphens.
constexpr std::size_t kLength = 55;
constexpr std::size_t kMaxStateLength = 512;
constexpr std::size_t kMaxMembers = 32;
constexpr std::size_t kMaxKey = 256;
constexpr std::size_t kMaxTenant = 241;
constexpr std::size_t kMaxSystem = 14;
constexpr std::size_t kMaxValue = 256;

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_key_character(char c) {
    return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '*' || c == '/';
}

bool is_name(std::string_view text, std::size_t most) {
    return !text.empty() && text.size() <= most && std::ranges::all_of(text, is_key_character);
}

bool is_key(std::string_view key) {
    const auto at = key.find('@');
    if (at == std::string_view::npos) {
        return is_name(key, kMaxKey) && is_lower(key.front());
    }
    const auto tenant = key.substr(0, at);
    const auto system = key.substr(at + 1);
    return is_name(tenant, kMaxTenant) && !std::string_view("_-*/").contains(tenant.front()) &&
           is_name(system, kMaxSystem) && is_lower(system.front());
}

bool is_value(std::string_view value) {
    const bool printable = std::ranges::all_of(
        value, [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
    return !value.empty() && value.size() <= kMaxValue && printable && value.back() != ' ';
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

std::string TraceContext::trace_id_text() const {
    return encode_hex(trace_id);
}

std::string TraceContext::span_id_text() const {
    return encode_hex(span_id);
}

std::optional<TraceContext> parse_traceparent(std::string_view text) {
    if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') {
        return std::nullopt;
    }
    const auto version = text.substr(0, 2);
    const auto flags = text.substr(53, 2);
    const bool longer = text.size() > kLength;
    std::array<std::byte, 1> bits{};
    std::array<std::byte, 1> known{};
    if (!decode_hex(version, known) || version == "ff" || !decode_hex(flags, bits) ||
        (longer && (version == "00" || text[kLength] != '-'))) {
        return std::nullopt;
    }
    const auto trace = text.substr(3, 32);
    const auto span = text.substr(36, 16);
    TraceContext context;
    if (!decode_hex(trace, context.trace_id) || !decode_hex(span, context.span_id) || !context ||
        context.span_id == decltype(context.span_id){}) {
        return std::nullopt;
    }
    context.sampled = (bits[0] & std::byte{1}) != std::byte{0};
    return context;
}

std::string format_traceparent(const TraceContext& context) {
    return "00-" + context.trace_id_text() + "-" + context.span_id_text() +
           (context.sampled ? "-01" : "-00");
}

bool is_tracestate(std::string_view text) {
    if (text.size() > kMaxStateLength) {
        return false;
    }
    std::vector<std::string_view> keys;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto member = trimmed(text.substr(0, comma));
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        if (member.empty()) {
            continue;  // section 3.3.1.1: empty members are allowed
        }
        const auto equals = member.find('=');
        if (equals == std::string_view::npos || !is_key(member.substr(0, equals)) ||
            !is_value(member.substr(equals + 1)) ||
            std::ranges::find(keys, member.substr(0, equals)) != keys.end() ||
            keys.size() == kMaxMembers) {
            return false;
        }
        keys.push_back(member.substr(0, equals));
    }
    return true;
}

}  // namespace slipway::telemetry
