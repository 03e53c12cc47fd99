// Quotas and usage as JSON: read strictly, written with null for what is unlimited.
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <string_view>

#include "api/json_members.hpp"
#include "core/quota.hpp"
#include "engine/access/quotas.hpp"

namespace slipway::api {

// The members of a quota. One that is absent or null is unlimited.
core::Quota read_quota(JsonMembers& members);
// An empty member names the body itself: it is no JSON object.
std::expected<core::Quota, MemberFault> parse_quota(std::string_view body);

boost::json::object quota_record(const core::Quota& quota);
boost::json::object quota_status_record(std::string_view principal,
                                        const engine::QuotaStatus& status);

}  // namespace slipway::api
