// Header fields with a grammar of their own: digests, ranges and conditions, trace
// contexts, idempotency keys, and the name that goes back out as one. The first byte chooses; the
// rest is the field's value.
#include <string>
#include <variant>

#include "api/byte_ranges.hpp"
#include "api/conditions.hpp"
#include "api/content_disposition.hpp"
#include "api/digest_fields.hpp"
#include "api/idempotency_key.hpp"
#include "base/encoding.hpp"
#include "core/file_name.hpp"
#include "fuzz/require.hpp"
#include "telemetry/trace_context.hpp"

namespace {

using namespace slipway;
using fuzz::require;

http::Headers one_field(std::string_view name, std::string_view value) {
    http::Headers headers;
    headers.add(name, value);
    return headers;
}

void digests(std::string_view name, std::string_view value) {
    const auto stated = api::stated_digests(one_field(name, value));
    if (!stated || !stated->sha256) {
        return;
    }
    const std::string base64 = encode_base64(stated->sha256->bytes);
    const auto again = api::stated_digests(one_field("x-checksum-sha256", base64));
    require(again && again->sha256 == stated->sha256, "a digest is written as it was read");
}

bool lies_in(const ByteRange& range, ByteCount size) {
    return range.length > 0_B && range.length <= size &&
           range.first.value() <= size.value() - range.length.value();
}

void conditions(std::string_view name, std::string_view value) {
    const api::Representation file{
        .etag = "\"tag\"", .last_modified = from_unix_millis(1'700'000'000'000), .size = 1000_B};
    http::RequestHead head;
    head.headers = one_field(name, value);
    if (name != "Range") {
        head.headers.add("Range", "bytes=0-9");
    }
    const auto selection = api::select(head, file);
    if (const auto* one = std::get_if<api::SendRange>(&selection)) {
        require(lies_in(one->range, file.size), "a range lies in the file");
    }
    if (const auto* several = std::get_if<api::SendRanges>(&selection)) {
        require(several->ranges.size() >= 2 && several->ranges.size() <= api::kMaxRanges,
                "several are at least two");
        std::uint64_t bytes = 0;
        for (const ByteRange& range : several->ranges) {
            require(lies_in(range, file.size), "a range lies in the file");
            bytes += range.length.value();
        }
        require(bytes <= file.size.value(), "no byte is sent twice");
    }
}

void trace(std::string_view value) {
    (void)telemetry::is_tracestate(value);
    if (const auto context = telemetry::parse_traceparent(value)) {
        require(static_cast<bool>(*context), "a trace has an id");
        const auto text = telemetry::format_traceparent(*context);
        const auto again = telemetry::parse_traceparent(text);
        require(again && again->trace_id == context->trace_id &&
                    again->span_id == context->span_id && again->sampled == context->sampled,
                "a place in a trace is written as it was read");
    }
}

void idempotency(std::string_view value) {
    const auto key = api::idempotency_key(one_field("Idempotency-Key", value));
    if (key && *key) {
        require(!(*key)->empty() && (*key)->size() <= api::kMaxIdempotencyKey, "a key is bounded");
    }
}

void disposition(std::string_view name) {
    if (!core::is_file_name(name)) {
        return;
    }
    const std::string field = api::attachment_disposition(name);
    require(field.starts_with("attachment"), "never inline");
    std::size_t quotes = 0;
    for (const char c : field) {
        require(c >= 0x20 && c < 0x7f, "the field is ASCII");
        quotes += c == '"' ? 1 : 0;
    }
    require(quotes == 2, "one quoted string");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    auto value = fuzz::text_of(data, size);
    switch (fuzz::take_choice(value) % 13) {
        case 0:
            digests("Content-Digest", value);
            break;
        case 1:
            digests("Repr-Digest", value);
            break;
        case 2:
            digests("Content-MD5", value);
            break;
        case 3:
            digests("x-checksum-sha256", value);
            break;
        case 4:
            conditions("Range", value);
            break;
        case 5:
            conditions("If-Range", value);
            break;
        case 6:
            conditions("If-Match", value);
            break;
        case 7:
            conditions("If-None-Match", value);
            break;
        case 8:
            conditions("If-Modified-Since", value);
            break;
        case 9:
            conditions("If-Unmodified-Since", value);
            break;
        case 10:
            trace(value);
            break;
        case 11:
            idempotency(value);
            break;
        default:
            disposition(value);
            break;
    }
    return 0;
}
