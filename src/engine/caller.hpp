// Caller: who makes a request, proven by an API key. ApiKeys is its only source, so that what takes
// a Caller cannot be called without a verified key.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace slipway::engine {

class Caller {
 public:
    // The principal's name, under which uploads and files are owned.
    const std::string& owner() const { return owner_; }

 private:
    friend class ApiKeys;
    explicit Caller(std::string owner) : owner_(std::move(owner)) {}
    std::string owner_;
};

class ApiKeys {
 public:
    // The administrator's key by its SHA-256: keys are long and random, so a fast hash is enough,
    // and the key itself is kept nowhere.
    explicit ApiKeys(Sha256 administrator) : administrator_(administrator) {}

    std::optional<Caller> authenticate(std::string_view key) const;

 private:
    Sha256 administrator_;
};

}  // namespace slipway::engine
