// How long the tests of this folder try: SLIPWAY_TORTURE=short (and no setting) or long.
#pragma once

#include <cstdlib>
#include <string_view>

namespace slipway::sim {

inline bool is_long_torture() {
    const char* setting = std::getenv("SLIPWAY_TORTURE");
    return setting != nullptr && std::string_view(setting) == "long";
}

}  // namespace slipway::sim
