// Settings: the table of all keys. The same key is `section.key` in the file, SLIPWAY_SECTION_KEY
// in the environment and
// --section.key on the command line.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config.hpp"

namespace slipway::daemon {

// What a TOML value must be.
enum class ValueKind { text, words, number, fraction, size, duration, boolean };

struct Setting {
    std::string name;  // "section.key"
    ValueKind kind;
    std::string help;
    // Sets it from its text form; the reason where that cannot be.
    std::function<std::optional<std::string>(Config&, std::string_view)> set;
    std::function<std::string(const Config&)> get;
};

const std::vector<Setting>& settings();

// Combinations that cannot work or are not safe: the key and the reason.
std::optional<std::string> find_contradiction(const Config& config);

}  // namespace slipway::daemon
