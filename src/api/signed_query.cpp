#include "api/signed_query.hpp"

#include <algorithm>

namespace slipway::api {

std::string_view host_of(std::string_view url) {
    const auto scheme = url.find("://");
    const auto host = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
    return host.substr(0, host.find('/'));
}

bool has_exactly(const http::Target& target, std::span<const std::string_view> names) {
    return target.query.size() == names.size() &&
           std::ranges::all_of(names, [&target](std::string_view name) {
               return target.parameter(name).has_value();
           });
}

}  // namespace slipway::api
