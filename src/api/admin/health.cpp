#include "api/admin/health.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "api/problem.hpp"

namespace slipway::api::admin {

namespace json = boost::json;

http::Response Health::answer(std::initializer_list<Reason> reasons) {
    json::array holding;
    for (const Reason& reason : reasons) {
        if (reason.holds) {
            holding.emplace_back(reason.name);
        }
    }
    if (holding.empty()) {
        return json_response(200, json::object{{"status", "ok"}});
    }
    return json_response(503,
                         json::object{{"status", "unavailable"}, {"reasons", std::move(holding)}});
}

http::Response Health::livez() const {
    return answer({});
}

http::Response Health::startupz() const {
    return answer({{!started_.load(), "starting"}});
}

http::Response Health::readyz() const {
    return answer({{!started_.load(), "starting"},
                   {draining_.load() || leaving_.load(), "draining"},
                   {low_space_.load(), "disk_full"},
                   {catalog_away_.load(), "catalog"},
                   {store_away_.load(), "store"}});
}

}  // namespace slipway::api::admin
