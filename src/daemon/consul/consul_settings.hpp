// What the settings of Consul mean: whether they can be, the token, and what this node registers.
#pragma once

#include <string>

#include "adapters/consul/consul_client.hpp"
#include "adapters/consul/types.hpp"
#include "daemon/bound_ports.hpp"
#include "daemon/config_loader.hpp"

namespace slipway::daemon {

// "KEY: REASON"; empty where there is none.
std::string find_consul_contradiction(const Config& config);

// With the token of SLIPWAY_CONSUL_TOKEN, or of consul.token_file. Errors: invalid.
Result<adapters::consul::ConsulOptions> consul_options(const Environment& environment,
                                                       const Config::Consul& config);

// The id is made of the address: a node that comes back replaces what it left when it was killed.
adapters::consul::ServiceRegistration registration_of(const Config& config, BoundPorts ports);

}  // namespace slipway::daemon
