// BoundPorts: the ports that are really in use.
#pragma once

#include <cstdint>

namespace slipway::daemon {

struct BoundPorts {
    std::uint16_t port = 0;
    // Used where server.admin_listen is set.
    std::uint16_t admin = 0;
};

}  // namespace slipway::daemon
