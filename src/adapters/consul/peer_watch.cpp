#include "adapters/consul/peer_watch.hpp"

#include <algorithm>
#include <iterator>

namespace slipway::adapters::consul {

Task<void> PeerWatch::run() {
    co_await query_.run([this](QueryPosition position) { return ask(position); });
}

Task<Result<std::uint64_t>> PeerWatch::ask(QueryPosition position) {
    const auto answered = co_await client_.passing(service_, position);
    if (!answered) {
        co_return std::unexpected(answered.error());
    }
    take(answered->value);
    co_return answered->index;
}

void PeerWatch::take(const std::vector<ServiceInstance>& instances) {
    std::vector<std::string> ids;
    for (const ServiceInstance& instance : instances) {
        ids.push_back(instance.id);
    }
    std::ranges::sort(ids);
    Change change;
    change.count = ids.size();
    std::ranges::set_difference(ids, known_, std::back_inserter(change.joined));
    std::ranges::set_difference(known_, ids, std::back_inserter(change.left));
    known_ = std::move(ids);
    if (!change.joined.empty() || !change.left.empty()) {
        changed_(change);
    }
}

}  // namespace slipway::adapters::consul
