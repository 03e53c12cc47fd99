#include "cli/completion.hpp"

#include <CLI/App.hpp>
#include <algorithm>
#include <vector>

namespace slipway::cli {

namespace {

struct CompletedOption {
    std::string short_name;  // "o", or empty
    std::string long_name;   // "output"
    std::string description;
    bool takes_value = false;
    bool takes_file = false;
};

struct CompletedCommand {
    std::string name;
    std::string description;
    std::vector<CompletedOption> options;
    bool takes_files = false;
};

std::vector<CompletedOption> options_of(const CLI::App& app) {
    std::vector<CompletedOption> options;
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_lnames().empty()) {
            continue;
        }
        const auto shorts = option->get_snames();
        options.push_back({shorts.empty() ? std::string() : shorts.front(),
                           option->get_lnames().front(), option->get_description(),
                           option->get_items_expected_max() > 0,
                           option->get_type_name() == "FILE"});
    }
    return options;
}

std::vector<CompletedCommand> commands_of(const CLI::App& app) {
    const auto general = options_of(app);
    std::vector<CompletedCommand> commands;
    for (const CLI::App* sub : app.get_subcommands({})) {
        CompletedCommand command{sub->get_name(), sub->get_description(), options_of(*sub), false};
        for (const auto& option : general) {
            const bool own = std::ranges::any_of(command.options, [&](const auto& known) {
                return known.long_name == option.long_name;
            });
            if (!own && option.long_name != "version") {
                command.options.push_back(option);
            }
        }
        command.takes_files = command.name == "put" || command.name == "verify";
        commands.push_back(std::move(command));
    }
    return commands;
}

// For single quotes in all three shells, and for the brackets and colons of zsh's _arguments.
std::string harmless(std::string text) {
    std::erase_if(text, [](char c) { return c == '\'' || c == '[' || c == ']' || c == '\\'; });
    std::ranges::replace(text, ':', ',');
    return text;
}

std::string bash_words(const CompletedCommand& command) {
    std::string words;
    for (const auto& option : command.options) {
        words += words.empty() ? "--" : " --";
        words += option.long_name;
    }
    return words;
}

std::string value_patterns(const std::vector<CompletedCommand>& commands, bool files) {
    std::vector<std::string> patterns;
    for (const auto& command : commands) {
        for (const auto& option : command.options) {
            if (option.takes_value && option.takes_file == files) {
                patterns.push_back("--" + option.long_name);
                if (!option.short_name.empty()) {
                    patterns.push_back("-" + option.short_name);
                }
            }
        }
    }
    std::ranges::sort(patterns);
    const auto repeated = std::ranges::unique(patterns);
    patterns.erase(repeated.begin(), repeated.end());
    std::string joined;
    for (const auto& pattern : patterns) {
        joined += (joined.empty() ? "" : "|") + pattern;
    }
    return joined;
}

std::string bash(const std::vector<CompletedCommand>& commands) {
    std::string names;
    std::string cases;
    for (const auto& command : commands) {
        names += (names.empty() ? "" : " ") + command.name;
        cases += "        " + command.name + ") options='" + bash_words(command) + "'";
        cases += command.takes_files ? "; files=1" : "";
        cases += command.name == "completion" ? "; words='bash zsh fish'" : "";
        cases += " ;;\n";
    }
    return "# bash completion of slipway: eval \"$(slipway completion bash)\"\n"
           "_slipway() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    local command='' options='' words='' files='' i\n"
           "    COMPREPLY=()\n"
           "    case $previous in\n"
           "        " +
           value_patterns(commands, true) +
           ") COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
           "        " +
           value_patterns(commands, false) +
           ") return ;;\n"
           "    esac\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        case \" " +
           names +
           " \" in\n"
           "            *\" ${COMP_WORDS[i]} \"*) command=${COMP_WORDS[i]}; break ;;\n"
           "        esac\n"
           "    done\n"
           "    case $command in\n" +
           cases + "        *) words='" + names +
           "' ;;\n"
           "    esac\n"
           "    if [[ $current == -* ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$options --help\" -- \"$current\"))\n"
           "    elif [[ -n $files ]]; then\n"
           "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
           "    else\n"
           "        COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "    fi\n"
           "}\n"
           "complete -o filenames -F _slipway slipway\n";
}

std::string zsh(const std::vector<CompletedCommand>& commands) {
    std::string described;
    std::string cases;
    for (const auto& command : commands) {
        described += "        '" + command.name + ":" + harmless(command.description) + "'\n";
        cases += "        " + command.name + ")\n            _arguments";
        for (const auto& option : command.options) {
            const auto action = option.takes_file    ? ":file:_files"
                                : option.takes_value ? ":value:"
                                                     : "";
            const auto text = "[" + harmless(option.description) + "]" + action + "'";
            cases += " \\\n                '--" + option.long_name + text;
            if (!option.short_name.empty()) {
                cases += " \\\n                '-" + option.short_name + text;
            }
        }
        const auto* rest = command.takes_files            ? "*:file:_files"
                           : command.name == "completion" ? "1:shell:(bash zsh fish)"
                                                          : "*:id:";
        cases += std::string(" \\\n                '") + rest + "' ;;\n";
    }
    return "#compdef slipway\n"
           "_slipway() {\n"
           "    local -a commands\n"
           "    commands=(\n" +
           described +
           "    )\n"
           "    if (( CURRENT == 2 )); then\n"
           "        _describe command commands\n"
           "        return\n"
           "    fi\n"
           "    local command=${words[2]}\n"
           "    shift words\n"
           "    (( CURRENT-- ))\n"
           "    case $command in\n" +
           cases +
           "    esac\n"
           "}\n"
           "compdef _slipway slipway\n";
}

std::string fish(const std::vector<CompletedCommand>& commands) {
    std::string text = "# fish completion of slipway: slipway completion fish | source\n";
    for (const auto& command : commands) {
        text += "complete -c slipway -n __fish_use_subcommand -f -a " + command.name + " -d '" +
                harmless(command.description) + "'\n";
        const auto seen = "-n '__fish_seen_subcommand_from " + command.name + "'";
        for (const auto& option : command.options) {
            text += "complete -c slipway " + seen + " -l " + option.long_name;
            text += option.short_name.empty() ? "" : " -s " + option.short_name;
            text += option.takes_file ? " -r -F" : option.takes_value ? " -x" : "";
            text += " -d '" + harmless(option.description) + "'\n";
        }
        if (!command.takes_files) {
            text += "complete -c slipway " + seen + " -f";
            text += command.name == "completion" ? " -a 'bash zsh fish'\n" : "\n";
        }
    }
    return text;
}

}  // namespace

std::string generate_completion(const CLI::App& app, Shell shell) {
    const auto commands = commands_of(app);
    switch (shell) {
        case Shell::bash:
            return bash(commands);
        case Shell::zsh:
            return zsh(commands);
        case Shell::fish:
            return fish(commands);
    }
    return {};
}

}  // namespace slipway::cli
