// How long the tests of this folder try, as the environment says: SLIPWAY_TORTURE=short (and no
// setting) or long; SLIPWAY_SIM_SHARD=I/N (I from 0 on) for the Ith of N processes that share the
// work.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

namespace slipway::sim {

inline bool is_long_torture() {
    const char* setting = std::getenv("SLIPWAY_TORTURE");
    return setting != nullptr && std::string_view(setting) == "long";
}

struct Shard {
    std::size_t index = 0;
    std::size_t count = 1;
};
inline Shard this_shard() {
    const char* setting = std::getenv("SLIPWAY_SIM_SHARD");
    if (setting == nullptr) {
        return {};
    }
    const std::string text(setting);
    return {std::stoul(text), std::stoul(text.substr(text.find('/') + 1))};
}

// A sanitizer makes each run ten times as long, and finds in few what it finds in many.
constexpr bool is_sanitized() {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return true;
#else
    return false;
#endif
}

}  // namespace slipway::sim
