// The grammar of `slipway admin`, and what was said in it.
#pragma once

#include <string>
#include <vector>

#include "cli/store/store_options.hpp"

namespace CLI {
class App;
}

namespace slipway::cli {

struct AdminOptions {
    std::vector<std::string> ids;
    bool all = false;
    std::string principal;
    std::vector<std::string> scopes;
    std::string expires_in;
    std::string bytes;
    std::string files;
    std::string open_uploads;
    unsigned percent = 100;
    std::string to;
    bool wait = false;
    StoreOptions store;
};

// `json` is the flag that many commands share.
void add_admin(CLI::App& app, AdminOptions& options, bool& json);

}  // namespace slipway::cli
