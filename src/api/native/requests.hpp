// The bodies of the native API's requests, parsed: text in, values or a fault out.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string_view>

#include "api/json_members.hpp"
#include "core/file_claim.hpp"
#include "engine/complete_upload.hpp"
#include "engine/create_upload.hpp"

namespace slipway::api::native {

inline constexpr std::chrono::seconds kMinExpiry{60};

// An empty member names the body itself: it is no JSON object.
std::expected<engine::NewUpload, MemberFault> parse_init(std::string_view body,
                                                         std::chrono::seconds max_expiry);
// An empty body states nothing. The upload of the result is for the caller to fill in.
std::expected<engine::CompleteRequest, MemberFault> parse_complete(std::string_view body);

struct ClaimRequest {
    UploadId file;
    core::FileClaim claim;
};
std::expected<ClaimRequest, MemberFault> parse_claim(std::string_view body);

}  // namespace slipway::api::native
