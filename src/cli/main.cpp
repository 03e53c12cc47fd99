// slipway: the command line client. Wires options, reporter and server together, and turns outcomes
// into exit codes.
#include <unistd.h>
#include <algorithm>

#include <CLI/App.hpp>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>

#include "cli/admin/admin_commands.hpp"
#include "cli/commands/list_command.hpp"
#include "cli/commands/remove_command.hpp"
#include "cli/commands/status_command.hpp"
#include "cli/commands/verify_command.hpp"
#include "cli/completion.hpp"
#include "cli/console.hpp"
#include "cli/get/get_command.hpp"
#include "cli/json_reporter.hpp"
#include "cli/options.hpp"
#include "cli/put/put_command.hpp"
#include "cli/store/store_commands.hpp"
#include "cli/terminal_reporter.hpp"
#include "runtime/program.hpp"

namespace slipway::cli {
namespace {

constexpr std::string_view kAdmin = "admin ";
constexpr std::string_view kStore = "admin store ";

bool has_value(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

std::unique_ptr<Reporter> make_reporter(const Options& options) {
    // A download to standard output leaves only standard error.
    const int descriptor = options.get.output == "-" ? STDERR_FILENO : STDOUT_FILENO;
    const bool terminal = ::isatty(descriptor) != 0;
    if (options.json || (!terminal && descriptor == STDOUT_FILENO)) {
        return std::make_unique<JsonReporter>(descriptor);
    }
    const char* kind = std::getenv("TERM");
    const bool obeys = terminal && kind != nullptr && std::string_view(kind) != "dumb";
    return std::make_unique<TerminalReporter>(
        descriptor, obeys ? LineDrawing::animated : LineDrawing::none,
        obeys && !has_value("NO_COLOR") ? Colour::yes : Colour::no);
}

// The commands that transfer tell of their retries as events, the others in a sentence.
void observe(ApiClient& api, Reporter& reporter, bool transfers) {
    api.observe_retries(
        [&reporter, transfers](const std::string& what, const runtime::RetryNotice& notice) {
            if (transfers) {
                reporter.retrying({what, notice.attempt, notice.delay, notice.error->detail});
            } else if (notice.attempt == 1) {
                print_error(notice.error->detail + "; trying again");
            }
        });
}

Task<ExitCode> dispatch(std::string command, const Options& options, ApiSettings settings,
                        Reporter& reporter) {
    ApiClient api(std::move(settings), runtime::real_retry_world());
    observe(api, reporter, command == "put" || command == "get");
    const auto form = options.json ? OutputForm::json : OutputForm::text;
    if (command == "put") {
        co_return co_await run_put(options.put, journal_path(options), api, reporter);
    }
    if (command == "get") {
        co_return co_await run_get(options.get, api, reporter);
    }
    if (command == "ls") {
        co_return co_await run_list(options.uploads ? Listed::uploads : Listed::files, form, api);
    }
    if (command == "status") {
        co_return co_await run_status(options.ids.front(), form, api);
    }
    if (command == "rm") {
        co_return co_await run_remove(options.ids, journal_path(options), api);
    }
    if (command.starts_with(kAdmin)) {
        co_return co_await run_admin(command.substr(kAdmin.size()), options.admin, form, api);
    }
    co_return co_await run_verify(options.verify, api);
}

Task<int> run_command(const std::string& command, const Options& options, ApiSettings settings,
                      Reporter& reporter) {
    const auto exit = co_await dispatch(command, options, std::move(settings), reporter);
    co_return static_cast<int>(exit);
}

// Everything worth keeping is kept already, in the journal and in the .part file: an interrupt ends
// the process at once, as a crash would, and needs no other path.
[[noreturn]] void leave(Reporter& reporter, const std::string& command, const Options& options) {
    reporter.finish();
    // A stream cannot be read again.
    const bool reads_input =
        std::ranges::find(options.put.sources, "-") != options.put.sources.end();
    const bool resumes = command == "get" || (command == "put" && !reads_input);
    reporter.notice(resumes ? "interrupted; the same command goes on where this one stopped"
                            : "interrupted");
    std::_Exit(static_cast<int>(ExitCode::interrupted));
}

int run(const std::string& command, const Options& options, ApiSettings settings) {
    const auto reporter = make_reporter(options);
    runtime::ProgramHooks hooks;
    hooks.on_interrupt = [&](int) { leave(*reporter, command, options); };
    hooks.on_tick = [&] { reporter->tick(); };
    const int exit = runtime::run_program(
        run_command(command, options, std::move(settings), *reporter), std::move(hooks));
    reporter->finish();
    return exit;
}

// What needs no server: a record that was kept, or a store that is spoken to directly.
bool is_without_server(const std::string& command, const Options& options) {
    return command.starts_with(kStore) || (command == "verify" && !options.verify.record.empty());
}

Task<int> dispatch_without_server(std::string command, Options options) {
    if (command.starts_with(kStore)) {
        const auto form = options.json ? OutputForm::json : OutputForm::text;
        co_return static_cast<int>(
            co_await run_store(command.substr(kStore.size()), options.admin.store, form));
    }
    co_return static_cast<int>(co_await run_verify_offline(std::move(options.verify)));
}

int run_without_server(const std::string& command, const Options& options) {
    runtime::ProgramHooks hooks;
    hooks.on_interrupt = [](int) { std::_Exit(static_cast<int>(ExitCode::interrupted)); };
    return runtime::run_program(dispatch_without_server(command, options), std::move(hooks));
}

int run_main(int argc, char** argv) {
    Options options;
    const auto app = make_app(options);
    const auto command = parse_arguments(*app, options, argc, argv);
    if (!command) {
        if (!command.error().message.empty()) {
            print_error(command.error().message);
        }
        return static_cast<int>(command.error().exit);
    }
    if (*command == "completion") {
        const auto shell = options.shell == "bash"  ? Shell::bash
                           : options.shell == "zsh" ? Shell::zsh
                                                    : Shell::fish;
        return write_all(STDOUT_FILENO, generate_completion(*app, shell)) ? 0 : 1;
    }
    if (is_without_server(*command, options)) {
        return run_without_server(*command, options);
    }
    auto settings = api_settings(options, *command);
    if (!settings) {
        print_error(settings.error().message);
        return static_cast<int>(settings.error().exit);
    }
    return run(*command, options, *std::move(settings));
}

}  // namespace
}  // namespace slipway::cli

int main(int argc, char** argv) {
    try {
        return slipway::cli::run_main(argc, argv);
    } catch (const std::exception& error) {
        slipway::cli::print_error(error.what());
        return static_cast<int>(slipway::cli::ExitCode::failed);
    }
}
