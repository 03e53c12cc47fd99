// The query parameters of lists: `after`, the place where the page before ended, and `limit`.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string_view>

#include "api/json_members.hpp"
#include "http/message.hpp"

namespace slipway::api {

struct PageQuery {
    std::optional<std::string_view> after;  // of the target
    std::size_t limit = 100;
};

// `limit` is 1 to 1000. Another parameter, or one that is repeated, is a fault.
std::expected<PageQuery, MemberFault> parse_page_query(const http::Target& target);

}  // namespace slipway::api
