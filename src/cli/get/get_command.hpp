// `slipway get`: downloads a file, verified, under a name that is safe here.
#pragma once

#include <string>

#include "cli/api_client.hpp"
#include "cli/get/download_target.hpp"
#include "cli/outcome.hpp"
#include "cli/reporter.hpp"

namespace slipway::cli {

struct GetOptions {
    std::string file;    // an id, or the URL of a file of this server
    std::string output;  // empty: the file's own name here; "-": standard output; a directory: that
                         // name in it
    Overwrite overwrite = Overwrite::no;
};

Task<ExitCode> run_get(GetOptions options, ApiClient& api, Reporter& reporter);

// The id in an id, or in a URL below `base_url`; fails with `usage`, also for another server's URL:
// it is not to see the key of this one.
Outcome<std::string> parse_file_id(const std::string& text, const std::string& base_url);

}  // namespace slipway::cli
