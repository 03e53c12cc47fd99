#include "api/native/query.hpp"

#include <charconv>

namespace slipway::api::native {

namespace {

constexpr std::size_t kMaxPage = 1000;

bool is_known(std::string_view name) {
    return name == "after" || name == "limit";
}

}  // namespace

std::expected<ports::PageRequest, MemberFault> page_request(const http::Target& target) {
    ports::PageRequest page;
    for (const auto& [name, value] : target.query) {
        if (!is_known(name) || !target.parameter(name)) {
            return std::unexpected(MemberFault{name, "is unknown or repeated"});
        }
    }
    if (const auto after = target.parameter("after")) {
        page.after = UploadId::parse(*after);
        if (!page.after) {
            return std::unexpected(MemberFault{"after", "must be an id"});
        }
    }
    if (const auto limit = target.parameter("limit")) {
        const auto [end, error] =
            std::from_chars(limit->data(), limit->data() + limit->size(), page.limit);
        const bool whole = error == std::errc() && end == limit->data() + limit->size();
        if (!whole || page.limit < 1 || page.limit > kMaxPage) {
            return std::unexpected(MemberFault{"limit", "must be a whole number from 1 to 1000"});
        }
    }
    return page;
}

engine::RequestContext context_for(const telemetry::RequestTag& request_id,
                                   const std::string& owner) {
    return {.request_id = request_id, .owner = owner};
}

}  // namespace slipway::api::native
