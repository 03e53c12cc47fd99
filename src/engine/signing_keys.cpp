#include "engine/signing_keys.hpp"

#include <algorithm>
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

Task<Outcome<>> SigningKeys::keep(RequestContext context, RingKeys keys) {
    if (const auto kept = co_await means_.keep(keys); !kept) {
        co_return refuse(kept.error(), "keep_signing_keys", context.request_id);
    }
    means_.ring.replace(std::move(keys));
    co_return Outcome<>();
}

Task<Outcome<RingKey>> SigningKeys::rotate(RequestContext context) {
    const Change change(changing_);
    if (!change) {
        co_return refuse(Reason::busy, "the signing keys are being changed");
    }
    const WallTime now = means_.clock.wall();
    RingKeys keys = with_new_key(list(), make_key(means_.random), now, now + means_.overlap);
    RingKey made = keys.back();
    if (const auto kept = co_await keep(context, std::move(keys)); !kept) {
        co_return std::unexpected(kept.error());
    }
    telemetry::log(telemetry::Level::info, "signing_key_made",
                   {{"key_id", made.key.id}, {"request_id", context.request_id}});
    co_return made;
}

Task<Outcome<>> SigningKeys::revoke(RequestContext context, std::string id) {
    const Change change(changing_);
    if (!change) {
        co_return refuse(Reason::busy, "the signing keys are being changed");
    }
    RingKeys keys = list();
    if (std::ranges::none_of(keys, [&](const RingKey& key) { return key.key.id == id; })) {
        co_return refuse(Reason::key_not_found, "there is no signing key of this id");
    }
    if (keys.back().key.id == id) {
        const WallTime now = means_.clock.wall();
        keys = with_new_key(keys, make_key(means_.random), now, now + means_.overlap);
    }
    if (const auto kept = co_await keep(context, without_key(keys, id)); !kept) {
        co_return std::unexpected(kept.error());
    }
    telemetry::log(telemetry::Level::warn, "signing_key_revoked",
                   {{"key_id", id}, {"request_id", context.request_id}});
    co_return Outcome<>();
}

}  // namespace slipway::engine
