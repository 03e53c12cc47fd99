// `slipway status`: how far an upload is, or what became of it.
#pragma once

#include <string>

#include "cli/api_client.hpp"
#include "cli/commands/list_command.hpp"

namespace slipway::cli {

Task<ExitCode> run_status(std::string id, OutputForm form, ApiClient& api);

}  // namespace slipway::cli
