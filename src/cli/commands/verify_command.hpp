// `slipway verify`: compares a local file with a file on the server, by the digests of its parts.
#pragma once

#include <string>

#include "cli/api_client.hpp"
#include "cli/commands/list_command.hpp"

namespace slipway::cli {

// Exit code `corrupt` when they differ; every differing part is named.
Task<ExitCode> run_verify(std::string path, std::string id, OutputForm form, ApiClient& api);

}  // namespace slipway::cli
