#include "adapters/memory/memory_api_keys.hpp"

#include <algorithm>

namespace slipway::adapters::memory {

Task<Result<>> MemoryApiKeys::create_key(core::ApiKey key) {
    const std::scoped_lock lock(mutex_);
    const KeyId id = key.id;
    if (!keys_.emplace(id, std::move(key)).second) {
        co_return failure(Errc::conflict, "the key exists");
    }
    co_return Result<>();
}

Task<Result<ports::KeyPage>> MemoryApiKeys::list_keys(ports::KeyPageRequest request) {
    const std::scoped_lock lock(mutex_);
    ports::KeyPage page;
    if (request.limit == 0) {
        co_return page;
    }
    for (auto at = request.after ? keys_.upper_bound(*request.after) : keys_.begin();
         at != keys_.end(); ++at) {
        if (page.items.size() == request.limit) {
            page.next = page.items.back().id;
            break;
        }
        page.items.push_back(at->second);
    }
    co_return page;
}

Task<Result<core::ApiKey>> MemoryApiKeys::revoke_key(KeyId id, WallTime when) {
    const std::scoped_lock lock(mutex_);
    const auto found = keys_.find(id);
    if (found == keys_.end()) {
        co_return failure(Errc::not_found, "no such key");
    }
    if (!found->second.revoked_at) {
        found->second.revoked_at = when;
    }
    co_return found->second;
}

Task<Result<>> MemoryApiKeys::note_key_uses(std::vector<ports::KeyUse> uses) {
    const std::scoped_lock lock(mutex_);
    for (const ports::KeyUse& use : uses) {
        if (const auto found = keys_.find(use.id); found != keys_.end()) {
            auto& last = found->second.last_used_at;
            last = std::max(last.value_or(use.at), use.at);
        }
    }
    co_return Result<>();
}

}  // namespace slipway::adapters::memory
