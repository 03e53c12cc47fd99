// ServerLocation: how the user names the server: its URL, or where servers are to be looked up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "cli/outcome.hpp"

namespace slipway::cli {

// Without a slash at its end.
struct OneServer {
    std::string url;
};
// consul://HOST:PORT/SERVICE: those of a service whose checks pass.
struct ConsulService {
    std::string address;  // http://HOST:PORT
    std::string service;
};
// srv://NAME: those of the SRV records of a name (RFC 2782).
struct SrvName {
    std::string name;
};
using ServerLocation = std::variant<OneServer, ConsulService, SrvName>;

// Fails with `usage` for what is none of these.
Outcome<ServerLocation> parse_location(std::string_view text);

// A name server, as --resolver says.
struct Resolver {
    std::string address;  // IPv4
    std::uint16_t port = 53;
};
// ADDRESS or ADDRESS:PORT. Fails with `usage`.
Outcome<Resolver> parse_resolver(std::string_view text);

}  // namespace slipway::cli
