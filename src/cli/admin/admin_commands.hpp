// The commands of `slipway admin`, by name.
#pragma once

#include <string>

#include "cli/admin/admin_options.hpp"
#include "cli/commands/json_calls.hpp"

namespace slipway::cli {

// `command` is "key create" and so on, as the grammar of the options has it.
Task<ExitCode> run_admin(std::string command, AdminOptions options, OutputForm form,
                         ApiClient& api);

}  // namespace slipway::cli
