// `slipway ls`: the files, or the open uploads, of the key's owner.
#pragma once

#include "cli/commands/json_calls.hpp"

namespace slipway::cli {

enum class Listed { files, uploads };

// One line each, as they come: text in columns, or the server's objects as JSON lines.
Task<ExitCode> run_list(Listed listed, OutputForm form, ApiClient& api);

}  // namespace slipway::cli
