// What a store says to a part that was sent to it directly: S3's words, where the server's own API
// has problem documents.
#pragma once

#include <string_view>

#include "cli/answer.hpp"

namespace slipway::cli {

enum class StoreVerdict {
    stored,
    another_url,  // this one is over, or its upload is: the server knows
    again,        // garbled or broken off on its way
    refused,
};
StoreVerdict judge_store(const Answer& answer);

// "store.example.org:9000", of a URL.
std::string_view host_of_url(std::string_view url);

// "the store at HOST refused part 3: AccessDenied: … (HTTP 403)"; for a verdict that is not
// `stored`.
Failure store_failure(const Answer& answer, std::string_view url, std::uint32_t part);
// The store could not be reached, though the server can be.
Failure store_out_of_reach(Failure failure, std::string_view url);

}  // namespace slipway::cli
