#include "api/native/query.hpp"

#include "api/page_query.hpp"

namespace slipway::api::native {

std::expected<ports::PageRequest, MemberFault> page_request(const http::Target& target) {
    const auto query = parse_page_query(target);
    if (!query) {
        return std::unexpected(query.error());
    }
    ports::PageRequest page{.after = std::nullopt, .limit = query->limit};
    if (query->after) {
        page.after = UploadId::parse(*query->after);
        if (!page.after) {
            return std::unexpected(MemberFault{"after", "must be an id"});
        }
    }
    return page;
}

engine::RequestContext context_for(const telemetry::RequestTag& request_id,
                                   const std::string& owner) {
    return {.request_id = request_id, .owner = owner};
}

}  // namespace slipway::api::native
