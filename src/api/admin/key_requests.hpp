// The bodies of the administrator's requests about API keys, parsed: text in, values or a fault
// out.
#pragma once

#include <chrono>
#include <expected>
#include <string_view>

#include "api/json_members.hpp"
#include "core/quota.hpp"
#include "engine/access/key_ring.hpp"

namespace slipway::api::admin {

inline constexpr std::chrono::seconds kMaxKeyLife{std::chrono::hours(24 * 3660)};

struct NewKeyRequest {
    engine::NewKey key;
    std::optional<core::Quota> quota;  // to be set for the principal
};

// An empty member names the body itself: it is no JSON object.
std::expected<NewKeyRequest, MemberFault> parse_new_key(std::string_view body);

}  // namespace slipway::api::admin
