// SigningKeyRing: the keys of signed URLs. The newest signs; the ones before it verify until what
// they have signed is over. A key that is not in the ring verifies nothing.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace slipway::engine {

struct SigningKey {
    std::string id;  // public; of unreserved characters
    std::array<std::byte, 32> secret{};
};

struct RingKey {
    SigningKey key;
    WallTime created_at{};
    std::optional<WallTime> verifies_until;  // nothing: as long as it signs
};

// The keys in the order of their making: the last one signs. Never empty.
using RingKeys = std::vector<RingKey>;

// Null: it is not among them. Valid while `keys` lives.
const RingKey* find_key(const RingKeys& keys, std::string_view id);

// One more key, which signs from now on; the one that did verifies until `until`. Keys that verify
// nothing any more are left out.
RingKeys with_new_key(const RingKeys& keys, SigningKey key, WallTime now, WallTime until);
// Without that key, at once. Not for the last one.
RingKeys without_key(const RingKeys& keys, std::string_view id);

struct SigningRing {
    RingKeys keys;
    // Keys that another node may have begun to sign with; they verify.
    RingKeys ahead;
};

// Thread-safe.
class SigningKeyRing {
 public:
    explicit SigningKeyRing(SigningRing ring);
    explicit SigningKeyRing(RingKeys keys);

    std::shared_ptr<const SigningRing> ring() const;
    void replace(SigningRing ring);

 private:
    mutable std::mutex mutex_;
    std::shared_ptr<const SigningRing> ring_;
};

}  // namespace slipway::engine
