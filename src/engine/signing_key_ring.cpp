#include "engine/signing_key_ring.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace slipway::engine {

const RingKey* find_key(const RingKeys& keys, std::string_view id) {
    const auto found =
        std::ranges::find_if(keys, [id](const RingKey& key) { return key.key.id == id; });
    return found == keys.end() ? nullptr : &*found;
}

RingKeys with_new_key(const RingKeys& keys, SigningKey key, WallTime now, WallTime until) {
    RingKeys changed;
    for (RingKey old : keys) {
        old.verifies_until = old.verifies_until.value_or(until);
        if (*old.verifies_until > now) {
            changed.push_back(std::move(old));
        }
    }
    changed.push_back({.key = std::move(key), .created_at = now, .verifies_until = std::nullopt});
    return changed;
}

RingKeys without_key(const RingKeys& keys, std::string_view id) {
    RingKeys changed = keys;
    std::erase_if(changed, [id](const RingKey& key) { return key.key.id == id; });
    return changed;
}

SigningKeyRing::SigningKeyRing(RingKeys keys) {
    replace(std::move(keys));
}

std::shared_ptr<const RingKeys> SigningKeyRing::keys() const {
    const std::scoped_lock lock(mutex_);
    return keys_;
}

void SigningKeyRing::replace(RingKeys keys) {
    // An empty key would sign for everybody.
    assert(!keys.empty() && std::ranges::none_of(keys, [](const RingKey& key) {
        return key.key.id.empty() || key.key.secret == decltype(key.key.secret){};
    }));
    const std::scoped_lock lock(mutex_);
    keys_ = std::make_shared<const RingKeys>(std::move(keys));
}

}  // namespace slipway::engine
