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

std::optional<RouteParameters> match(const std::vector<std::string>& pattern,
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

ByteCount length_of(const ResponseBody& body) {
    if (const auto* text = std::get_if<std::string>(&body)) {
        return ByteCount(text->size());
    }
    if (const auto* slice = std::get_if<FileSlice>(&body)) {
        return slice->range.length;
    }
    if (const auto* stream = std::get_if<StreamBody>(&body)) {
        return stream->length;
    }
    return {};
}

Response without_body(Response response) {
    response.head_length = length_of(response.body);
    response.body = std::monostate();
    return response;
}

}  // namespace

void Router::add(Method method, std::string_view pattern, RouteHandler handler) {
    Route route{method, std::string(pattern), {}, std::move(handler)};
    for (const auto segment : pattern.substr(1) | std::views::split('/')) {
        route.segments.emplace_back(segment.begin(), segment.end());
    }
    // Literal segments win over parameters, whatever the order of adding.
    const auto later = std::ranges::find_if(routes_, [&](const Route& other) {
        return std::ranges::count_if(other.segments, is_parameter) >
               std::ranges::count_if(route.segments, is_parameter);
    });
    routes_.insert(later, std::move(route));
}

Task<Response> Router::route(Request& request) const {
    const bool is_head = request.head.method == Method::head;
    const Method wanted = is_head ? Method::get : request.head.method;
    std::string allowed;
    for (const Route& route : routes_) {
        auto parameters = match(route.segments, request.head.target.segments);
        if (!parameters) {
            continue;
        }
        if (route.method != wanted) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(to_string(route.method));
            allowed += route.method == Method::get ? ", HEAD" : "";
            continue;
        }
        Response response = co_await route.handler(request, std::move(*parameters));
        co_return is_head ? without_body(std::move(response)) : std::move(response);
    }
    Response response = allowed.empty() ? fallbacks_.not_found(request)
                                        : fallbacks_.method_not_allowed(request, allowed);
    co_return is_head ? without_body(std::move(response)) : std::move(response);
}

std::vector<Router::Entry> Router::entries() const {
    std::vector<Entry> entries;
    for (const Route& route : routes_) {
        entries.push_back({route.method, route.pattern});
    }
    return entries;
}

}  // namespace slipway::http
