#include "engine/access/own_ring.hpp"

#include <algorithm>
#include <utility>

#include "engine/signing_keys.hpp"

namespace slipway::engine {

Task<Result<SigningRing>> OwnRing::keep(RingKeys keys) {
    if (auto kept = co_await means_.keep(keys); !kept) {
        co_return std::unexpected(std::move(kept.error()));
    }
    co_return SigningRing{.keys = std::move(keys), .ahead = {}};
}

Task<Result<SigningRing>> OwnRing::add(WallTime now, WallTime until) {
    co_return co_await keep(
        with_new_key(means_.ring.ring()->keys, SigningKeys::make_key(means_.random), now, until));
}

Task<Result<SigningRing>> OwnRing::remove(std::string id, WallTime now) {
    RingKeys keys = means_.ring.ring()->keys;
    if (std::ranges::none_of(keys, [&](const RingKey& key) { return key.key.id == id; })) {
        co_return failure(Errc::not_found, "there is no signing key of this id");
    }
    if (keys.back().key.id == id) {
        keys = with_new_key(keys, SigningKeys::make_key(means_.random), now, now);
    }
    co_return co_await keep(without_key(keys, id));
}

}  // namespace slipway::engine
