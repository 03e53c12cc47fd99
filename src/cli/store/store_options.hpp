// The grammar of `slipway admin store`, and what was said in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/get/download_target.hpp"

namespace CLI {
class App;
}

namespace slipway::cli {

// Whether a configuration that somebody else made may be replaced.
enum class Foreign { keep, replace };

struct StoreOptions {
    std::string config;  // file with the descriptions of stores
    std::string store;   // name of one of them; empty: the only one
    std::string bucket;  // empty: the store's own
    std::string key;
    std::vector<std::string> keys;
    std::string file;
    std::string output;
    std::string range;
    std::string content_type;
    std::optional<std::string> prefix;  // nothing: the store's own
    bool folders = false;
    bool force = false;
    bool keep = false;
    bool replace = false;
    std::string upload_id;
    unsigned days = 7;
    std::vector<std::string> origins;

    Overwrite overwrite() const { return force ? Overwrite::yes : Overwrite::no; }
    Foreign foreign() const { return replace ? Foreign::replace : Foreign::keep; }
};

// Below `admin`; `json` is the flag that many commands share.
void add_store(CLI::App& admin, StoreOptions& options, bool& json);

}  // namespace slipway::cli
