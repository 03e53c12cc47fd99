// slipway admin signing-key: the keys with which the server signs the URLs of parts.
#pragma once

#include <string>

#include "cli/commands/json_calls.hpp"

namespace slipway::cli {

Task<Outcome<>> run_signing_key_list(OutputForm form, ApiClient& api);
Task<Outcome<>> run_signing_key_rotate(OutputForm form, ApiClient& api);
Task<Outcome<>> run_signing_key_revoke(std::string id, ApiClient& api);

}  // namespace slipway::cli
