// `slipway ls`: the files, or the open uploads, of the key's owner.
#pragma once

#include "cli/api_client.hpp"
#include "cli/outcome.hpp"

namespace slipway::cli {

enum class OutputForm { text, json };
enum class Listed { files, uploads };

// One line each, as they come: text in columns, or the server's objects as JSON lines.
Task<ExitCode> run_list(Listed listed, OutputForm form, ApiClient& api);

}  // namespace slipway::cli
