// slipway admin key: makes API keys, lists them and revokes them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands/json_calls.hpp"

namespace slipway::cli {

struct NewApiKey {
    std::string principal;
    std::vector<std::string> scopes;
    std::optional<std::chrono::seconds> expires_in;
};

// Prints the key, which the server shows this once, alone on its line in the form of text.
Task<Outcome<>> run_key_create(NewApiKey wanted, OutputForm form, ApiClient& api);
Task<Outcome<>> run_key_list(OutputForm form, ApiClient& api);
Task<Outcome<>> run_key_revoke(std::vector<std::string> ids, ApiClient& api);

}  // namespace slipway::cli
