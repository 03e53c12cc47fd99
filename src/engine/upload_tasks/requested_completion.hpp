// RequestedCompletion: what a Complete asked for that a task carries out, and its form in the
// payload of that task: up to four fields with a space between each two, the digest, the number of
// parts, the key with the fingerprint, the trace of the request. What was not stated is empty, and
// left out at the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "core/upload.hpp"

namespace slipway::engine {

struct RequestedCompletion {
    std::optional<Sha256> sha256;
    std::optional<std::uint32_t> total_parts;
    std::optional<core::CompletionKey> key;
    std::string traceparent = {};  // empty: none
    friend bool operator==(const RequestedCompletion&, const RequestedCompletion&) = default;
};

std::string encode(const RequestedCompletion& requested);
// Our own words: what does not parse is as good as not stated.
RequestedCompletion decode_requested_completion(std::string_view payload);

}  // namespace slipway::engine
