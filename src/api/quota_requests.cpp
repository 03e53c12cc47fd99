#include "api/quota_requests.hpp"

#include <boost/json/value.hpp>

#include "api/json_object.hpp"

namespace slipway::api {

namespace json = boost::json;

namespace {

constexpr NumberLimits kLimits{0, std::uint64_t{1} << 53U};

json::value number_or_null(const std::optional<std::uint64_t>& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

}  // namespace

core::Quota read_quota(JsonMembers& members) {
    core::Quota quota;
    quota.bytes = members.optional_number("bytes", kLimits);
    quota.files = members.optional_number("files", kLimits);
    quota.open_uploads = members.optional_number("open_uploads", kLimits);
    return quota;
}

std::expected<core::Quota, MemberFault> parse_quota(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) {
        return std::unexpected(MemberFault{});
    }
    JsonMembers members(*object);
    const core::Quota quota = read_quota(members);
    if (const auto finished = members.finish(); !finished) {
        return std::unexpected(finished.error());
    }
    return quota;
}

json::object quota_record(const core::Quota& quota) {
    return {{"bytes", number_or_null(quota.bytes)},
            {"files", number_or_null(quota.files)},
            {"open_uploads", number_or_null(quota.open_uploads)}};
}

json::object quota_status_record(std::string_view principal, const engine::QuotaStatus& status) {
    json::object record;
    record["principal"] = principal;
    record["usage"] = {{"bytes", status.usage.bytes},
                       {"files", status.usage.files},
                       {"open_uploads", status.usage.open_uploads}};
    record["quota"] = quota_record(status.quota);
    record["standard"] = !status.is_own;
    return record;
}

}  // namespace slipway::api
