#include "api/admin/health.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "api/problem.hpp"

namespace slipway::api::admin {

namespace json = boost::json;

http::Response Health::livez() const {
    return json_response(200, json::object{{"status", "ok"}});
}

http::Response Health::readyz() const {
    if (!draining_.load()) {
        return json_response(200, json::object{{"status", "ok"}});
    }
    return json_response(
        503, json::object{{"status", "unavailable"}, {"reasons", json::array{"draining"}}});
}

}  // namespace slipway::api::admin
