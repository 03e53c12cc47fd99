#include "s3fake/fake_faults.hpp"

namespace slipway::s3fake {

void FakeFaults::next(std::string operation, Fault fault, unsigned after) {
    const std::lock_guard lock(mutex_);
    planned_[std::move(operation)].push_back({fault, after});
}

void FakeFaults::by_chance(std::uint64_t seed, double chance, std::vector<Fault> faults) {
    const std::lock_guard lock(mutex_);
    chance_.seed(seed);
    rate_ = chance;
    choices_ = std::move(faults);
}

void FakeFaults::none() {
    const std::lock_guard lock(mutex_);
    planned_.clear();
    rate_ = 0;
}

Fault FakeFaults::draw(std::string_view operation) {
    const std::lock_guard lock(mutex_);
    ++calls_[std::string(operation)];
    Fault drawn = Fault::none;
    const auto planned = planned_.find(operation);
    if (planned != planned_.end() && !planned->second.empty()) {
        Planned& first = planned->second.front();
        if (first.after-- == 0) {
            drawn = first.fault;
            planned->second.pop_front();
        }
    } else if (rate_ > 0 && std::uniform_real_distribution<>()(chance_) < rate_) {
        drawn = choices_[chance_() % choices_.size()];
    }
    if (drawn != Fault::none) {
        ++fired_[drawn];
    }
    return drawn;
}

unsigned FakeFaults::fired(Fault fault) const {
    const std::lock_guard lock(mutex_);
    const auto found = fired_.find(fault);
    return found == fired_.end() ? 0 : found->second;
}

unsigned FakeFaults::fired() const {
    const std::lock_guard lock(mutex_);
    unsigned sum = 0;
    for (const auto& [fault, count] : fired_) {
        sum += count;
    }
    return sum;
}

unsigned FakeFaults::calls(std::string_view operation) const {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(operation);
    return found == calls_.end() ? 0 : found->second;
}

}  // namespace slipway::s3fake
