// TraceContext: where a request stands in a distributed trace, and its text forms: the fields
// traceparent and tracestate of W3C Trace Context (Recommendation of 23 November 2021). Pure; where
// the random numbers come from is the caller's business.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::telemetry {

struct TraceContext {
    std::array<std::byte, 16> trace_id{};  // all zero: there is no trace
    std::array<std::byte, 8> span_id{};
    bool sampled = false;
    std::string state;  // tracestate as it is handed on; may be empty

    explicit operator bool() const { return trace_id != decltype(trace_id){}; }
    // 32 and 16 lower-case hexadecimal digits.
    std::string trace_id_text() const;
    std::string span_id_text() const;
};

// "00-TRACE-SPAN-FLAGS". Strict (section 3.2): lower-case digits, no id of zeros, no version ff;
// of a later version what is known of it is taken (section 4.3). The state is left empty.
std::optional<TraceContext> parse_traceparent(std::string_view text);
std::string format_traceparent(const TraceContext& context);

// The members of all tracestate fields of a request, joined by commas: whether they may be handed
// on: at most 32 members and 512 characters, every key once and of the grammar of section 3.3.1.
bool is_tracestate(std::string_view text);

}  // namespace slipway::telemetry
