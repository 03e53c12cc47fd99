// `slipway verify`: compares a local file with a file on the server, or with a record of it, by the
// digests of its parts.
#pragma once

#include <string>

#include "cli/api_client.hpp"
#include "cli/commands/list_command.hpp"

namespace slipway::cli {

struct VerifyOptions {
    std::string path;         // of the local file
    std::string id;           // of the file on the server
    std::string record;       // a record to compare with instead; then no server is asked
    std::string save_record;  // where to keep the server's record; or empty
    OutputForm form = OutputForm::text;
};

// Exit code `corrupt` when they differ; every differing part is named.
Task<ExitCode> run_verify(VerifyOptions options, ApiClient& api);
Task<ExitCode> run_verify_offline(VerifyOptions options);

}  // namespace slipway::cli
