// `slipway admin signing-key`: the server's keys of signed URLs.
#pragma once

#include <string>

#include "cli/api_client.hpp"
#include "cli/commands/list_command.hpp"
#include "cli/outcome.hpp"

namespace slipway::cli {

// `action` is list, rotate, or revoke, which takes the key's id.
Task<ExitCode> run_signing_key(std::string action, std::string key_id, OutputForm form,
                               ApiClient& api);

}  // namespace slipway::cli
