#include "http/address_counts.hpp"

#include <algorithm>

#include "base/network.hpp"

namespace slipway::http {

std::optional<AddressCounts::Place> AddressCounts::enter(const std::string& address) {
    if (limit_.most == 0 ||
        std::ranges::find(limit_.uncounted, address) != limit_.uncounted.end()) {
        return Place();
    }
    std::string network = network_of(address);
    const std::scoped_lock lock(mutex_);
    std::size_t& count = counts_[network];
    if (count >= limit_.most) {
        return std::nullopt;
    }
    ++count;
    return Place(this, std::move(network));
}

void AddressCounts::leave(const std::string& network) {
    const std::scoped_lock lock(mutex_);
    const auto found = counts_.find(network);
    if (--found->second == 0) {
        counts_.erase(found);
    }
}

}  // namespace slipway::http
