// Query parameters that several calls share.
#pragma once

#include <expected>

#include "api/json_members.hpp"
#include "engine/world.hpp"
#include "http/message.hpp"

namespace slipway::api::native {

// `after` (an id) and `limit` (1 to 1000, default 100).
std::expected<ports::PageRequest, MemberFault> page_request(const http::Target& target);

engine::RequestContext context_for(const telemetry::RequestTag& request_id,
                                   const std::string& owner);

}  // namespace slipway::api::native
