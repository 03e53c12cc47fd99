// `slipway put`: uploads files, the files of directories, and standard input.
#pragma once

#include <string>

#include "cli/put/put_context.hpp"

namespace slipway::cli {

// Everything that the command needs from outside outlives it. The exit code is that of the failures
// when they agree, and `failed` when they do not.
Task<ExitCode> run_put(PutOptions options, std::string journal_path, ApiClient& api,
                       Reporter& reporter);

}  // namespace slipway::cli
