// slipway admin dead-letter: lists the tasks that the server has given up, and has them tried
// again.
#pragma once

#include <string>
#include <vector>

#include "cli/commands/json_calls.hpp"

namespace slipway::cli {

Task<Outcome<>> run_dead_letter_list(OutputForm form, ApiClient& api);
// Those with these ids; all where there are none.
Task<Outcome<>> run_dead_letter_retry(std::vector<std::string> ids, ApiClient& api);

}  // namespace slipway::cli
