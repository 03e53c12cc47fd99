#include "engine/caller.hpp"

#include <span>

#include "hash/digester.hpp"
#include "hash/hmac.hpp"

namespace slipway::engine {

std::optional<Caller> ApiKeys::authenticate(std::string_view key) const {
    const Sha256 presented = hash::sha256(std::as_bytes(std::span(key)));
    if (key.empty() || !hash::equal_constant_time(presented.view(), administrator_.view())) {
        return std::nullopt;
    }
    return Caller("admin");
}

}  // namespace slipway::engine
