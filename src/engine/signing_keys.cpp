#include "engine/signing_keys.hpp"

#include <span>
#include <utility>

#include "base/encoding.hpp"
#include "hash/digester.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr std::size_t kIdBytes = 4;

// One change at a time: each begins with what the one before has kept.
class Change {
 public:
    explicit Change(std::atomic<bool>& flag) : flag_(flag), mine_(!flag.exchange(true)) {}
    ~Change() {
        if (mine_) {
            flag_.store(false);
        }
    }
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;
    explicit operator bool() const { return mine_; }

 private:
    std::atomic<bool>& flag_;
    const bool mine_;
};

}  // namespace

std::string SigningKeys::id_of(const SigningKey& key) {
    return encode_hex(hash::sha256(key.secret).view().first(kIdBytes));
}

SigningKey SigningKeys::make_key(ports::Random& random) {
    SigningKey key;
    random.fill(key.secret);
    key.id = id_of(key);
    return key;
}

Task<Outcome<RingKey>> SigningKeys::rotate(RequestContext context) {
    const Change change(changing_);
    if (!change) {
        co_return refuse(Reason::busy, "the signing keys are being changed");
    }
    const WallTime now = means_.clock.wall();
    auto ring = co_await means_.keeper.add(now, now + means_.overlap);
    if (!ring) {
        co_return refuse(ring.error(), "add_signing_key", context.request_id);
    }
    RingKey made = ring->keys.back();
    means_.ring.replace(std::move(*ring));
    telemetry::log(telemetry::Level::info, "signing_key_made",
                   {{"key_id", made.key.id}, {"request_id", context.request_id}});
    co_return made;
}

Task<Outcome<>> SigningKeys::revoke(RequestContext context, std::string id) {
    const Change change(changing_);
    if (!change) {
        co_return refuse(Reason::busy, "the signing keys are being changed");
    }
    auto ring = co_await means_.keeper.remove(id, means_.clock.wall());
    if (!ring && ring.error().code == Errc::not_found) {
        co_return refuse(Reason::key_not_found, "there is no signing key of this id");
    }
    if (!ring) {
        co_return refuse(ring.error(), "remove_signing_key", context.request_id);
    }
    means_.ring.replace(std::move(*ring));
    telemetry::log(telemetry::Level::warn, "signing_key_revoked",
                   {{"key_id", id}, {"request_id", context.request_id}});
    co_return Outcome<>();
}

}  // namespace slipway::engine
