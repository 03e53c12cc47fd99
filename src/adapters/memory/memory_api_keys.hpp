// MemoryApiKeys: the contract of ports/api_keys.hpp in a plain map, for tests.
#pragma once

#include <map>
#include <mutex>

#include "ports/api_keys.hpp"

namespace slipway::adapters::memory {

class MemoryApiKeys final : public ports::ApiKeys {
 public:
    Task<Result<>> create_key(core::ApiKey key) override;
    Task<Result<ports::KeyPage>> list_keys(ports::KeyPageRequest page) override;
    Task<Result<core::ApiKey>> revoke_key(KeyId id, WallTime when) override;
    Task<Result<>> note_key_uses(std::vector<ports::KeyUse> uses) override;

 private:
    std::mutex mutex_;
    std::map<KeyId, core::ApiKey> keys_;
};

}  // namespace slipway::adapters::memory
