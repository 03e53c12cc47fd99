#include "api/native/query.hpp"

#include <charconv>

#include "api/page_query.hpp"
#include "base/encoding.hpp"
#include "core/part_plan.hpp"

namespace slipway::api::native {

namespace {

std::optional<PartNumber> parse_part_number(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || number < 1 || number > core::kMaxParts) {
        return std::nullopt;
    }
    return PartNumber(number);
}

}  // namespace

std::expected<PartQuery, MemberFault> parse_part_query(const http::Target& target) {
    const auto text = target.parameter("part_number");
    const auto digest = target.parameter("sha256");
    const auto number = text ? parse_part_number(*text) : std::nullopt;
    if (!number || target.query.size() != (digest ? 2U : 1U)) {
        return std::unexpected(MemberFault{"part_number", "must be one part number"});
    }
    PartQuery query{*number, std::nullopt};
    if (digest && !decode_hex(*digest, query.sha256.emplace().bytes)) {
        return std::unexpected(
            MemberFault{"sha256", "must be 64 digits of lower-case hexadecimal"});
    }
    return query;
}

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
