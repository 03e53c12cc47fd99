#include "adapters/consul/query_index.hpp"

#include <algorithm>

namespace slipway::adapters::consul {

bool QueryIndex::take(std::uint64_t answered) {
    // 0 would make every query return at once, a loop without a pause.
    const std::uint64_t sane = std::max<std::uint64_t>(answered, 1);
    if (sane == value_) {
        return false;
    }
    // An index that went backwards is another server's, or a restored one's: a query that waited
    // for the old one would sleep through all changes until the new ones have caught up.
    value_ = sane < value_ ? 0 : sane;
    return true;
}

}  // namespace slipway::adapters::consul
