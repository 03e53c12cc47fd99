// look_up_srv(): the servers of an SRV name, by the resolver of the C library: with its
// configuration, its repetitions, and TCP where an answer does not fit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/servers/server_list.hpp"
#include "cli/servers/server_location.hpp"

namespace slipway::cli {

// Blocking. Where the answer brings the address of a target along, that is taken instead of its
// name. Errors: unavailable (no name server answers, or it knows of no servers: Consul answers so
// where none is ready), invalid (the answer).
Result<std::vector<KnownServer>> look_up_srv(const std::string& name,
                                             const std::optional<Resolver>& resolver);

}  // namespace slipway::cli
