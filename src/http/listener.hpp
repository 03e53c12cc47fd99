// The listening socket of a server: binds it, accepts from it, and hands each connection to the
// loop with the fewest.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "http/server_state.hpp"

namespace slipway::http {

struct BoundSocket {
    FileDescriptor descriptor;
    int family = 0;
    std::uint16_t port = 0;
};

// `host` is an address, or "localhost". Errors: invalid (address), conflict (in use), forbidden
// (port).
Result<BoundSocket> bind_and_listen(const std::string& host, std::uint16_t port);

// Accepts on loop 0 until state->stop_accepting is called there.
void start_accepting(std::shared_ptr<ServerState> state, BoundSocket bound);

}  // namespace slipway::http
