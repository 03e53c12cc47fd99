// Router: finds what serves a request by its method and path. Patterns are segments; "{name}" takes
// any one segment. It answers which route it is; calling its handler is left to who asked.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.hpp"

namespace slipway::http {

using RouteParameters = std::map<std::string, std::string, std::less<>>;

struct RouteMatch {
    std::optional<std::size_t> route;  // as given to add()
    RouteParameters parameters;
    // Where the path is known and the method is not: the value of the Allow field.
    std::string allowed;
};

class Router {
 public:
    // For start-up only. HEAD is served by the route of GET.
    void add(Method method, std::string_view pattern, std::size_t route);
    RouteMatch match(Method method, const Target& target) const;

 private:
    struct Route {
        Method method;
        std::vector<std::string> segments;
        std::size_t id;
    };

    std::vector<Route> routes_;
};

// The answer to HEAD, of the answer to GET.
Response without_body(Response response);

}  // namespace slipway::http
