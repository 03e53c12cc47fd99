#include "s3fake/fake_faults.hpp"

namespace slipway::s3fake {

void FakeFaults::next(std::string operation, Fault fault, unsigned after) {
    const std::lock_guard lock(mutex_);
    planned_[std::move(operation)].push_back({fault, after});
}

void FakeFaults::next_of_all(Fault fault, unsigned after) {
    const std::lock_guard lock(mutex_);
    planned_of_all_ = Planned{fault, after};
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
    planned_of_all_.reset();
    rate_ = 0;
}

void FakeFaults::before(std::string operation, std::function<void()> action) {
    const std::lock_guard lock(mutex_);
    actions_.insert_or_assign(std::move(operation), std::move(action));
}

// Without the lock, which is not the action's to wait for.
void FakeFaults::act_before(std::string_view operation) {
    std::function<void()> action;
    {
        const std::lock_guard lock(mutex_);
        if (auto found = actions_.extract(std::string(operation))) {
            action = std::move(found.mapped());
        }
    }
    if (action) {
        action();
    }
}

Fault FakeFaults::draw(std::string_view operation) {
    act_before(operation);
    const std::lock_guard lock(mutex_);
    ++calls_[std::string(operation)];
    Fault drawn = draw_planned(operation);
    if (planned_of_all_ && planned_of_all_->after-- == 0) {
        drawn = planned_of_all_->fault;
        planned_of_all_.reset();
    }
    if (drawn != Fault::none) {
        ++fired_[drawn];
    }
    return drawn;
}

Fault FakeFaults::draw_planned(std::string_view operation) {
    const auto planned = planned_.find(operation);
    if (planned == planned_.end() || planned->second.empty()) {
        return draw_by_chance(operation);
    }
    Planned& first = planned->second.front();
    if (first.after-- > 0) {
        return Fault::none;
    }
    const Fault drawn = first.fault;
    planned->second.pop_front();
    return drawn;
}

Fault FakeFaults::draw_by_chance(std::string_view operation) {
    if (rate_ == 0 || std::uniform_real_distribution<>()(chance_) >= rate_) {
        return Fault::none;
    }
    const Fault drawn = choices_[chance_() % choices_.size()];
    const bool is_late = drawn == Fault::error_in_200 || drawn == Fault::late_error_in_200;
    const bool has_late = operation == "CompleteMultipartUpload" || operation == "UploadPartCopy";
    return is_late && !has_late ? Fault::none : drawn;
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
