// slipway admin dead-letter: lists the tasks that the server has given up, and has them tried
// again.
#pragma once

#include <string>
#include <vector>

#include "cli/api_client.hpp"
#include "cli/commands/list_command.hpp"
#include "cli/outcome.hpp"

namespace slipway::cli {

Task<ExitCode> run_dead_letter_list(OutputForm form, ApiClient& api);
// Those with these ids; all where there are none.
Task<ExitCode> run_dead_letter_retry(std::vector<std::string> ids, ApiClient& api);

}  // namespace slipway::cli
