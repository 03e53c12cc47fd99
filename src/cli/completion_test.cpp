#include "cli/completion.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <cstdio>

#include "cli/options.hpp"
#include "cli/test_directory.hpp"

namespace slipway::cli {
namespace {

std::string generate(Shell shell) {
    Options options;
    return generate_completion(*make_app(options), shell);
}

struct ShellRun {
    int status = -1;
    std::string output;
};

// What bash answers to a script that has sourced the completion.
ShellRun run_bash(const std::string& script) {
    const TestDirectory directory;
    const auto completion = directory.write("completion.bash", generate(Shell::bash));
    const auto program = directory.write("script.bash", "set -u\n. " + completion + "\n" + script);
    ShellRun run;
    std::FILE* pipe = ::popen(("bash --norc " + program + " 2>&1").c_str(), "r");
    std::array<char, 4096> buffer{};
    while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
        run.output += buffer.data();
    }
    run.status = pipe == nullptr ? -1 : ::pclose(pipe);
    return run;
}

std::string complete(const std::string& words, int index) {
    return run_bash("COMP_WORDS=(" + words + ")\nCOMP_CWORD=" + std::to_string(index) +
                    "\n_slipway\necho \"${COMPREPLY[*]-}\"\n")
        .output;
}

TEST(Completion, BashAcceptsIt) {
    const auto run = run_bash("complete -p slipway\n");
    EXPECT_EQ(run.status, 0) << run.output;
    EXPECT_EQ(run.output, "complete -o filenames -F _slipway slipway\n");
}

TEST(Completion, BashCompletesCommands) {
    EXPECT_EQ(complete("slipway ''", 1), "put get ls status rm verify admin completion\n");
    EXPECT_EQ(complete("slipway st", 1), "status\n");
    EXPECT_EQ(complete("slipway --url http://x p", 3), "put\n");
    EXPECT_EQ(complete("slipway completion ''", 2), "bash zsh fish\n");
}

TEST(Completion, BashCompletesOptionsOfTheCommand) {
    EXPECT_EQ(complete("slipway put --ch", 2), "--chunk-size\n");
    EXPECT_EQ(complete("slipway put --ur", 2), "--url\n");
    EXPECT_EQ(complete("slipway ls --ch", 2), "\n");
    EXPECT_EQ(complete("slipway ls --up", 2), "--uploads\n");
    EXPECT_EQ(complete("slipway put --chunk-size ''", 3), "\n");
}

TEST(Completion, BashCompletesFiles) {
    EXPECT_EQ(complete("slipway put /etc/passw", 2).substr(0, 11), "/etc/passwd");
    EXPECT_EQ(complete("slipway get --output /etc/passw", 3).substr(0, 11), "/etc/passwd");
}

TEST(Completion, EveryShellKnowsEveryCommandAndOption) {
    Options options;
    const auto app = make_app(options);
    for (const auto shell : {Shell::bash, Shell::zsh, Shell::fish}) {
        const auto text = generate_completion(*app, shell);
        for (const CLI::App* command : app->get_subcommands({})) {
            EXPECT_TRUE(text.contains(command->get_name()));
            for (const CLI::Option* option : command->get_options()) {
                if (!option->get_lnames().empty()) {
                    const auto& name = option->get_lnames().front();
                    EXPECT_TRUE(text.contains("--" + name) || text.contains("-l " + name)) << name;
                }
            }
        }
        // No quotation is left open.
        EXPECT_EQ(std::ranges::count(text, '\'') % 2, 0);
    }
}

}  // namespace
}  // namespace slipway::cli
