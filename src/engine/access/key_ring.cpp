#include "engine/access/key_ring.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <span>
#include <utility>

#include "hash/digester.hpp"
#include "hash/hmac.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {
namespace {

constexpr std::size_t kPage = 1000;
// Uses written by one commit.
constexpr std::size_t kUsesAtOnce = 256;

Sha256 digest_of(std::string_view text) {
    return hash::sha256(std::as_bytes(std::span(text)));
}

}  // namespace

void KeyRing::insert(core::ApiKey key) {
    const std::scoped_lock lock(mutex_);
    Entry& entry = keys_[key.id];
    if (key.last_used_at) {
        entry.written = unix_millis(*key.last_used_at);
        entry.used = std::max(entry.used.load(), entry.written);
    }
    if (!key.revoked_at) {
        key.revoked_at = entry.key.revoked_at;
    }
    entry.key = std::move(key);
}

Task<Result<>> KeyRing::load() {
    ports::KeyPageRequest request{.after = std::nullopt, .limit = kPage};
    do {
        auto page = co_await store_.list_keys(request);
        if (!page) {
            co_return std::unexpected(std::move(page.error()));
        }
        for (core::ApiKey& key : page->items) {
            insert(std::move(key));
        }
        request.after = page->next;
    } while (request.after);
    co_return Result<>();
}

std::optional<Principal> KeyRing::verify(std::string_view presented) const {
    if (presented.empty()) {
        return std::nullopt;
    }
    const Sha256 digest = digest_of(presented);
    if (hash::equal_constant_time(digest.view(), administrator_.view())) {
        return Principal(std::string(kAdministrator), core::Scopes::all(), std::nullopt);
    }
    const auto id = core::key_id_in(presented);
    if (!id) {
        return std::nullopt;
    }
    const WallTime now = clock_.wall();
    const std::shared_lock lock(mutex_);
    const auto found = keys_.find(*id);
    if (found == keys_.end() ||
        !hash::equal_constant_time(digest.view(), found->second.key.digest.view()) ||
        !core::is_valid_at(found->second.key, now)) {
        return std::nullopt;
    }
    found->second.used = unix_millis(now);
    return Principal(found->second.key.principal, found->second.key.scopes, *id);
}

Task<Outcome<IssuedKey>> KeyRing::issue(telemetry::RequestTag request_id, NewKey wanted) {
    KeyId::Bytes id{};
    random_.fill(std::as_writable_bytes(std::span(id)));
    std::array<std::byte, core::kKeySecretSize> secret{};
    random_.fill(secret);

    IssuedKey issued;
    issued.text = core::key_text(KeyId(id), secret);
    issued.key.id = KeyId(id);
    issued.key.principal = std::move(wanted.principal);
    issued.key.scopes = wanted.scopes;
    issued.key.digest = digest_of(issued.text);
    issued.key.created_at = clock_.wall();
    if (wanted.expires_in) {
        issued.key.expires_at = issued.key.created_at + *wanted.expires_in;
    }
    if (const auto created = co_await store_.create_key(issued.key); !created) {
        co_return refuse(created.error(), "create_key", request_id);
    }
    insert(issued.key);
    telemetry::log(telemetry::Level::info, "key_issued",
                   {{"key_id", issued.key.id.to_string()},
                    {"principal", issued.key.principal},
                    {"request_id", request_id}});
    co_return issued;
}

Task<Outcome<>> KeyRing::revoke(telemetry::RequestTag request_id, KeyId id) {
    const WallTime now = clock_.wall();
    const auto revoked = co_await store_.revoke_key(id, now);
    if (!revoked && revoked.error().code == Errc::not_found) {
        co_return refuse(Reason::key_not_found, "there is no such key");
    }
    // Where nobody knows whether the record was written, the key is shut out here all the same.
    if (revoked || revoked.error().code == Errc::outcome_unknown) {
        const std::scoped_lock lock(mutex_);
        if (const auto found = keys_.find(id); found != keys_.end()) {
            auto& at = found->second.key.revoked_at;
            at = revoked ? revoked->revoked_at : at.value_or(now);
        }
    }
    if (!revoked) {
        co_return refuse(revoked.error(), "revoke_key", request_id);
    }
    telemetry::log(telemetry::Level::info, "key_revoked",
                   {{"key_id", id.to_string()}, {"request_id", request_id}});
    co_return Outcome<>();
}

ports::KeyPage KeyRing::list(ports::KeyPageRequest request) const {
    const std::shared_lock lock(mutex_);
    ports::KeyPage page;
    for (auto at = request.after ? keys_.upper_bound(*request.after) : keys_.begin();
         at != keys_.end(); ++at) {
        if (page.items.size() == request.limit) {
            page.next = page.items.back().id;
            break;
        }
        const Entry& entry = at->second;
        core::ApiKey& key = page.items.emplace_back(entry.key);
        if (const auto used = entry.used.load(); used != kNever) {
            key.last_used_at = from_unix_millis(used);
        }
    }
    return page;
}

std::vector<ports::KeyUse> KeyRing::unwritten_uses() const {
    constexpr std::int64_t kGranularity = std::chrono::milliseconds(kUseGranularity).count();
    const std::shared_lock lock(mutex_);
    std::vector<ports::KeyUse> uses;
    for (const auto& [id, entry] : keys_) {
        const auto used = entry.used.load();
        const bool due =
            entry.written == kNever ? used != kNever : used >= entry.written + kGranularity;
        if (due) {
            uses.push_back({id, from_unix_millis(used)});
        }
        if (uses.size() == kUsesAtOnce) {
            break;
        }
    }
    return uses;
}

Task<Result<>> KeyRing::write_uses() {
    for (;;) {
        const auto uses = unwritten_uses();
        if (uses.empty()) {
            co_return Result<>();
        }
        if (auto noted = co_await store_.note_key_uses(uses); !noted) {
            co_return noted;
        }
        const std::scoped_lock lock(mutex_);
        for (const ports::KeyUse& use : uses) {
            keys_[use.id].written = unix_millis(use.at);
        }
    }
}

}  // namespace slipway::engine
