// slipway admin dr: the copies in the server's store for disaster recovery.
#pragma once

#include <string>

#include "cli/commands/json_calls.hpp"

namespace slipway::cli {

Task<Outcome<>> run_dr_status(OutputForm form, ApiClient& api);

enum class Waiting { no, until_done };

// Of so many in a hundred files.
Task<Outcome<>> run_dr_verify(unsigned percent, Waiting waiting, OutputForm form, ApiClient& api);
// An empty name: the store for disaster recovery.
Task<Outcome<>> run_dr_fail_over(std::string to, Waiting waiting, OutputForm form, ApiClient& api);

}  // namespace slipway::cli
