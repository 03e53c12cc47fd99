#include "api/page_query.hpp"

#include <charconv>

namespace slipway::api {

namespace {

constexpr std::size_t kMaxPage = 1000;

bool is_known(std::string_view name) {
    return name == "after" || name == "limit";
}

}  // namespace

std::expected<PageQuery, MemberFault> parse_page_query(const http::Target& target) {
    PageQuery page;
    for (const auto& [name, value] : target.query) {
        if (!is_known(name) || !target.parameter(name)) {
            return std::unexpected(MemberFault{name, "is unknown or repeated"});
        }
    }
    page.after = target.parameter("after");
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

}  // namespace slipway::api
