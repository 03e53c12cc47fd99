// The command line of slipwayd.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>

namespace slipway::daemon {

enum class Action { serve, check_config, print_config, migrate };

struct CommandLine {
    Action action = Action::serve;
    std::optional<std::string> config_file;
    std::map<std::string, std::string> settings;  // by "section.key"
};

// What it says, or the exit status after help, the version or a usage error was printed.
std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv);

}  // namespace slipway::daemon
