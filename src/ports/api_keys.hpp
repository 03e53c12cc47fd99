// ApiKeys: the records of API keys. Requests are not verified here but in memory, by
// engine::KeyRing, which loads them all at start and makes every change here first.
//
// Every change is durable when its task completes with a value, and is atomic. All calls may
// overlap, from any event loop. Errors, all calls: unavailable (nothing was changed),
// outcome_unknown (the commit may or may not have happened), corrupted (a record does not decode).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "core/api_key.hpp"
#include "runtime/task.hpp"

namespace slipway::ports {

struct KeyPageRequest {
    std::optional<KeyId> after;
    std::size_t limit = 100;
};

// In id order. `next` is set when there is more: hand it in as `after`.
struct KeyPage {
    std::vector<core::ApiKey> items;
    std::optional<KeyId> next;
};

struct KeyUse {
    KeyId id;
    WallTime at;
};

class ApiKeys {
 public:
    virtual ~ApiKeys() = default;

    // conflict: the id exists.
    virtual Task<Result<>> create_key(core::ApiKey key) = 0;
    virtual Task<Result<KeyPage>> list_keys(KeyPageRequest page) = 0;
    // The record as it is then; the first revocation stays. not_found: no such key.
    virtual Task<Result<core::ApiKey>> revoke_key(KeyId id, WallTime when) = 0;
    // Notes when keys were used last. An earlier time than the one on record changes nothing, nor
    // does an id that is unknown.
    virtual Task<Result<>> note_key_uses(std::vector<KeyUse> uses) = 0;
};

}  // namespace slipway::ports
