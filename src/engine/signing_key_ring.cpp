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

namespace {

// An empty key would sign for everybody.
[[maybe_unused]] bool has_secrets(const SigningRing& ring) {
    const auto is_empty = [](const RingKey& key) {
        return key.key.id.empty() || key.key.secret == decltype(key.key.secret){};
    };
    return !ring.keys.empty() && std::ranges::none_of(ring.keys, is_empty) &&
           std::ranges::none_of(ring.ahead, is_empty);
}

}  // namespace

SigningKeyRing::SigningKeyRing(SigningRing ring) {
    replace(std::move(ring));
}

SigningKeyRing::SigningKeyRing(RingKeys keys)
    : SigningKeyRing(SigningRing{.keys = std::move(keys), .ahead = {}}) {}

std::shared_ptr<const SigningRing> SigningKeyRing::ring() const {
    const std::scoped_lock lock(mutex_);
    return ring_;
}

void SigningKeyRing::replace(SigningRing ring) {
    assert(has_secrets(ring));
    const std::scoped_lock lock(mutex_);
    ring_ = std::make_shared<const SigningRing>(std::move(ring));
}

}  // namespace slipway::engine
