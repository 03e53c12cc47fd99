// Router: finds the handler of a request by its method and path. Patterns are segments; "{name}"
// takes any one segment.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.hpp"

namespace slipway::http {

using RouteParameters = std::map<std::string, std::string, std::less<>>;
using RouteHandler = std::function<Task<Response>(Request&, RouteParameters)>;

// What the router answers itself.
struct RouterFallbacks {
    std::function<Response(const Request&)> not_found;
    // `allowed` is the value of the Allow field.
    std::function<Response(const Request&, std::string allowed)> method_not_allowed;
};

class Router {
 public:
    explicit Router(RouterFallbacks fallbacks) : fallbacks_(std::move(fallbacks)) {}

    // For start-up only. HEAD is served by the handler of GET, without the body.
    void add(Method method, std::string_view pattern, RouteHandler handler);
    // The router outlives the task.
    Task<Response> route(Request& request) const;

    struct Entry {
        Method method;
        std::string pattern;
    };
    std::vector<Entry> entries() const;

 private:
    struct Route {
        Method method;
        std::string pattern;
        std::vector<std::string> segments;
        RouteHandler handler;
    };

    std::vector<Route> routes_;
    RouterFallbacks fallbacks_;
};

}  // namespace slipway::http
