#include "engine/throttle.hpp"

#include <string>

#include "base/network.hpp"

namespace slipway::engine {

Task<core::RateVerdict> Throttle::principal(std::string_view name) {
    return limiter_.take("principal/" + std::string(name), options_.requests);
}

Task<core::RateVerdict> Throttle::stranger(std::string_view address) {
    return limiter_.take("address/" + network_of(address), options_.requests);
}

Task<core::RateVerdict> Throttle::part(std::string_view address) {
    return limiter_.take("parts/" + network_of(address), options_.parts);
}

}  // namespace slipway::engine
