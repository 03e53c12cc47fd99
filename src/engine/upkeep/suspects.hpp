// Suspects: what a pass has found without a record, and since when. Of this process: after a start
// they wait anew.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <set>

#include "base/time.hpp"

namespace slipway::engine {

template <class Key>
class Suspects {
 public:
    // More than this many are left for a later pass.
    static constexpr std::size_t kMost = 100'000;

    void begin_pass() { seen_.clear(); }
    // It is without a record now. Whether it has been seen so for this long.
    bool has_waited(const Key& key, SteadyTime now, std::chrono::milliseconds age) {
        seen_.insert(key);
        const auto known = since_.find(key);
        if (known != since_.end()) {
            return now - known->second >= age;
        }
        if (since_.size() < kMost) {
            since_.emplace(key, now);
        }
        return false;
    }
    void forget(const Key& key) { since_.erase(key); }
    // A pass that saw everything: what it did not see is none any more.
    void end_pass() {
        std::erase_if(since_, [this](const auto& one) { return !seen_.contains(one.first); });
    }

 private:
    std::map<Key, SteadyTime> since_;
    std::set<Key> seen_;
};

}  // namespace slipway::engine
