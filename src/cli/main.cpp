// slipway: the command line client. Wires options, reporter and server together, and turns outcomes
// into exit codes.
#include <unistd.h>

#include <CLI/App.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>

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
#include "cli/terminal_reporter.hpp"

namespace slipway::cli {
namespace {

constexpr std::chrono::milliseconds kTick{250};

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
    co_return co_await run_verify(options.file, options.ids.front(), form, api);
}

// Everything worth keeping is kept already, in the journal and in the .part file: an interrupt ends
// the process at once, as a crash would, and needs no other path.
void leave_on_signals(boost::asio::signal_set& signals, Reporter& reporter,
                      const std::string& command) {
    signals.async_wait([&reporter, command](const boost::system::error_code& error, int) {
        if (error) {
            return;
        }
        reporter.finish();
        const bool resumes = command == "put" || command == "get";
        reporter.notice(resumes ? "interrupted; the same command goes on where this one stopped"
                                : "interrupted");
        std::_Exit(static_cast<int>(ExitCode::interrupted));
    });
}

void keep_ticking(boost::asio::steady_timer& timer, Reporter& reporter) {
    timer.expires_after(kTick);
    timer.async_wait([&timer, &reporter](const boost::system::error_code& error) {
        if (!error) {
            reporter.tick();
            keep_ticking(timer, reporter);
        }
    });
}

ExitCode run(const std::string& command, const Options& options, ApiSettings settings) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto reporter = make_reporter(options);
    boost::asio::io_context loop(1);
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
    leave_on_signals(signals, *reporter, command);
    boost::asio::steady_timer ticks(loop);
    keep_ticking(ticks, *reporter);
    ExitCode exit = ExitCode::failed;
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, dispatch(command, options, std::move(settings), *reporter),
                          [&](std::exception_ptr error, ExitCode code) {
                              thrown = error;
                              exit = code;
                              loop.stop();
                          });
    loop.run();
    reporter->finish();
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return exit;
}

ExitCode run_main(int argc, char** argv) {
    Options options;
    const auto app = make_app(options);
    const auto command = parse_arguments(*app, options, argc, argv);
    if (!command) {
        if (!command.error().message.empty()) {
            print_error(command.error().message);
        }
        return command.error().exit;
    }
    if (*command == "completion") {
        const auto shell = options.shell == "bash"  ? Shell::bash
                           : options.shell == "zsh" ? Shell::zsh
                                                    : Shell::fish;
        return write_all(STDOUT_FILENO, generate_completion(*app, shell)) ? ExitCode::ok
                                                                          : ExitCode::failed;
    }
    auto settings = api_settings(options, *command);
    if (!settings) {
        print_error(settings.error().message);
        return settings.error().exit;
    }
    return run(*command, options, *std::move(settings));
}

}  // namespace
}  // namespace slipway::cli

int main(int argc, char** argv) {
    try {
        return static_cast<int>(slipway::cli::run_main(argc, argv));
    } catch (const std::exception& error) {
        slipway::cli::print_error(error.what());
        return static_cast<int>(slipway::cli::ExitCode::failed);
    }
}
