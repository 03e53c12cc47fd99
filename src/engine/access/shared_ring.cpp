#include "engine/access/shared_ring.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "base/encoding.hpp"
#include "engine/signing_keys.hpp"
#include "hash/hkdf.hpp"

namespace slipway::engine {

namespace {

constexpr std::string_view kSalt = "slipway-cluster-v1";
constexpr std::size_t kFingerprintBytes = 16;

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

}  // namespace

Sha256 SharedRing::derive_for(const std::string& purpose) const {
    return hash::hkdf_sha256(bytes_of(secret_), bytes_of(kSalt), bytes_of(purpose));
}

SigningKey SharedRing::derive(std::uint32_t number) const {
    SigningKey key;
    key.secret = derive_for("signing-key " + std::to_string(number)).bytes;
    key.id = SigningKeys::id_of(key);
    return key;
}

std::string SharedRing::fingerprint() const {
    return encode_hex(derive_for("fingerprint").view().first(kFingerprintBytes));
}

Result<SigningRing> SharedRing::ring_of(Result<ports::SigningNumbers> numbers) const {
    if (!numbers) {
        return std::unexpected(std::move(numbers.error()));
    }
    if (numbers->empty() || numbers->back().verifies_until) {
        return failure(Errc::corrupted, "the shared state has no number of a key that signs");
    }
    SigningRing ring;
    for (const ports::SigningNumber& one : *numbers) {
        ring.keys.push_back({.key = derive(one.number),
                             .created_at = one.created_at,
                             .verifies_until = one.verifies_until});
    }
    for (std::uint32_t step = 1; step <= kAhead; ++step) {
        ring.ahead.push_back({.key = derive(numbers->back().number + step),
                              .created_at = {},
                              .verifies_until = std::nullopt});
    }
    return ring;
}

Task<Result<SigningRing>> SharedRing::open(WallTime now) {
    co_return ring_of(co_await state_.ensure_signing_number(now));
}

Task<Result<SigningRing>> SharedRing::load(WallTime now) {
    co_return ring_of(co_await state_.signing_numbers(now));
}

Task<Result<SigningRing>> SharedRing::add(WallTime now, WallTime until) {
    co_return ring_of(co_await state_.add_signing_number(now, until));
}

Task<Result<SigningRing>> SharedRing::remove(std::string id, WallTime now) {
    const auto numbers = co_await state_.signing_numbers(now);
    if (!numbers) {
        co_return std::unexpected(numbers.error());
    }
    const auto found = std::ranges::find_if(
        *numbers, [&](const ports::SigningNumber& one) { return derive(one.number).id == id; });
    if (found == numbers->end()) {
        co_return failure(Errc::not_found, "there is no signing key of this id");
    }
    if (!found->verifies_until) {
        // A crash in between leaves a new key that signs, and the old one for no moment longer.
        if (const auto added = co_await state_.add_signing_number(now, now); !added) {
            co_return std::unexpected(added.error());
        }
    }
    auto removed = ring_of(co_await state_.remove_signing_number(found->number, now));
    if (!removed && removed.error().code == Errc::not_found) {
        // Another node was quicker.
        co_return co_await load(now);
    }
    co_return removed;
}

}  // namespace slipway::engine
