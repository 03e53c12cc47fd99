#include "http/router.hpp"

#include <algorithm>
#include <optional>
#include <ranges>
#include <utility>

namespace slipway::http {

namespace {

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{');
}

std::optional<RouteParameters> parameters_of(const std::vector<std::string>& pattern,
                                             const std::vector<std::string>& segments) {
    if (pattern.size() != segments.size()) {
        return std::nullopt;
    }
    RouteParameters parameters;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_parameter(pattern[i])) {
            parameters.emplace(pattern[i].substr(1, pattern[i].size() - 2), segments[i]);
        } else if (pattern[i] != segments[i]) {
            return std::nullopt;
        }
    }
    return parameters;
}

}  // namespace

Response without_body(Response response) {
    response.head_length = length_of(response.body);
    response.body = std::monostate();
    return response;
}

void Router::add(Method method, std::string_view pattern, std::size_t route) {
    Route added{method, {}, route};
    for (const auto segment : pattern.substr(1) | std::views::split('/')) {
        added.segments.emplace_back(segment.begin(), segment.end());
    }
    // Literal segments win over parameters, whatever the order of adding.
    const auto later = std::ranges::find_if(routes_, [&](const Route& other) {
        return std::ranges::count_if(other.segments, is_parameter) >
               std::ranges::count_if(added.segments, is_parameter);
    });
    routes_.insert(later, std::move(added));
}

RouteMatch Router::match(Method method, const Target& target) const {
    const Method wanted = method == Method::head ? Method::get : method;
    RouteMatch found;
    // The pattern that names this resource: "/upload/init" is not also the "{id}" of another.
    const std::vector<std::string>* resource = nullptr;
    for (const Route& route : routes_) {
        if (resource != nullptr && route.segments != *resource) {
            continue;
        }
        auto parameters = parameters_of(route.segments, target.segments);
        if (!parameters) {
            continue;
        }
        resource = &route.segments;
        if (route.method == wanted) {
            return {route.id, *std::move(parameters), {}};
        }
        found.allowed += (found.allowed.empty() ? "" : ", ") + std::string(to_string(route.method));
        found.allowed += route.method == Method::get ? ", HEAD" : "";
    }
    return found;
}

}  // namespace slipway::http
