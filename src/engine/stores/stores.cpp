#include "engine/stores/stores.hpp"

#include <algorithm>
#include <utility>

namespace slipway::engine {

Stores::Stores(std::vector<StoreUse> stores)
    : unknown_("unknown", "the record's store is not configured") {
    for (const StoreUse& use : stores) {
        all_.push_back(&use.store);
        if (use.role == StoreRole::dr) {
            dr_ = &use.store;
        } else {
            uses_.push_back(use);
        }
    }
}

ports::Store& Stores::at(std::string_view name) const {
    const auto found =
        std::ranges::find(all_, name, [](const ports::Store* store) { return store->name(); });
    return found == all_.end() ? unknown_ : **found;
}

bool Stores::has(std::string_view name) const {
    return &at(name) != &unknown_;
}

ports::Store* Stores::copy_store_of(std::string_view home) const {
    if (dr_ == nullptr) {
        return nullptr;
    }
    // What came after it took over is copied the other way.
    return dr_->name() == home ? &uses_.front().store : dr_;
}

ports::Store& Stores::choose(ports::Random& random) const {
    if (ports::Store* active = active_) {
        return *active;
    }
    if (uses_.size() == 1) {
        return uses_.front().store;
    }
    std::uint64_t sum = 0;
    for (const StoreUse& use : uses_) {
        sum += use.weight;
    }
    if (sum == 0) {
        return uses_.front().store;
    }
    std::uint64_t drawn = 0;
    random.fill(std::as_writable_bytes(std::span(&drawn, 1)));
    drawn %= sum;
    for (const StoreUse& use : uses_) {
        if (drawn < use.weight) {
            return use.store;
        }
        drawn -= use.weight;
    }
    return uses_.back().store;
}

}  // namespace slipway::engine
