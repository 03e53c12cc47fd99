// The commands of `slipway admin store`, by name: finds the description of the store and its keys,
// and speaks to it. No server of slipway is involved.
#pragma once

#include <string>

#include "cli/commands/json_calls.hpp"
#include "cli/store/store_options.hpp"

namespace slipway::cli {

// `command` is "bucket create" and so on, as the grammar of the options has it.
Task<ExitCode> run_store(std::string command, StoreOptions options, OutputForm form);

}  // namespace slipway::cli
