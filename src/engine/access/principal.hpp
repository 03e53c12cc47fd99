// Principal: who makes a request and what for, proven by an API key. KeyRing is its only source and
// nothing changes it, so that what takes a Principal cannot be called without a verified key.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/ids.hpp"
#include "core/api_key.hpp"

namespace slipway::engine {

class Principal {
 public:
    // Under which uploads and files are owned.
    const std::string& name() const { return name_; }
    core::Scopes scopes() const { return scopes_; }
    bool may(core::Scope scope) const { return scopes_.contains(scope); }
    // Nothing for the administrator's key, which is no record.
    const std::optional<KeyId>& key() const { return key_; }

 private:
    friend class KeyRing;
    Principal(std::string name, core::Scopes scopes, std::optional<KeyId> key)
        : name_(std::move(name)), scopes_(scopes), key_(key) {}

    std::string name_;
    core::Scopes scopes_;
    std::optional<KeyId> key_;
};

}  // namespace slipway::engine
