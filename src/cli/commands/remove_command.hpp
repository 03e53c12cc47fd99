// `slipway rm`: deletes files and ends open uploads.
#pragma once

#include <string>
#include <vector>

#include "cli/api_client.hpp"
#include "cli/outcome.hpp"

namespace slipway::cli {

// The journal at that path, if there is one, forgets what was removed.
Task<ExitCode> run_remove(std::vector<std::string> ids, std::string journal_path, ApiClient& api);

}  // namespace slipway::cli
