// Query parameters that several calls share.
#pragma once

#include <expected>
#include <optional>

#include "api/json_members.hpp"
#include "base/digest.hpp"
#include "base/units.hpp"
#include "engine/world.hpp"
#include "http/message.hpp"

namespace slipway::api::native {

// `after` (an id) and `limit` (1 to 1000, default 100).
std::expected<ports::PageRequest, MemberFault> page_request(const http::Target& target);

// Which part somebody wants to send, and what it will be: `part_number`, and `sha256` where the
// upload is direct.
struct PartQuery {
    PartNumber number;
    std::optional<Sha256> sha256;
};
std::expected<PartQuery, MemberFault> parse_part_query(const http::Target& target);

engine::RequestContext context_for(const telemetry::RequestTag& request_id,
                                   const std::string& owner);

}  // namespace slipway::api::native
