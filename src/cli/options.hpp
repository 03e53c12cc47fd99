// The command line: what can be said, and what was said. Nothing is done here but reading arguments
// and environment.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/admin/admin_options.hpp"
#include "cli/api_client.hpp"
#include "cli/commands/list_command.hpp"
#include "cli/commands/verify_command.hpp"
#include "cli/get/get_command.hpp"
#include "cli/put/put_context.hpp"

namespace CLI {
class App;
}

namespace slipway::cli {

struct Options {
    std::string url;
    std::string resolver;
    std::string api_key_file;
    std::string cacert;
    std::string journal;
    unsigned retries = 10;
    std::string max_wait;  // empty: the command's own
    std::string stall_timeout = "30s";
    bool json = false;

    PutOptions put;
    std::string chunk_size = "8MiB";
    std::vector<std::string> metadata;
    bool no_resume = false;
    bool restart = false;

    GetOptions get;
    bool force = false;

    bool uploads = false;
    std::vector<std::string> ids;
    VerifyOptions verify;
    std::string shell;
    AdminOptions admin;
};

// The grammar, which writes into the options when it parses.
std::unique_ptr<CLI::App> make_app(Options& options);

// The name of the command that was given; afterwards the options are complete and consistent.
// Prints help and mistakes. Fails with the exit code only: `ok` after help.
Outcome<std::string> parse_arguments(CLI::App& app, Options& options, int argc, char** argv);

// The server and the key, from the options and the environment. Fails with `usage` for a location
// that is none and for certificates that cannot be read, `unauthorised` when there is no key.
Outcome<ApiSettings> api_settings(const Options& options, const std::string& command);

// Where the journal is: --journal, or below XDG_STATE_HOME or the home directory. Empty when there
// is no such place.
std::string journal_path(const Options& options);

}  // namespace slipway::cli
