#include "daemon/command_line.hpp"

#include <CLI/CLI.hpp>

#include "daemon/built_in.hpp"
#include "daemon/config_loader.hpp"
#include "daemon/settings.hpp"

namespace slipway::daemon {

namespace {

constexpr const char* kFooter =
    "Every key stands in the configuration file as section.key, in the environment as "
    "SLIPWAY_SECTION_KEY, and above as\n"
    "--section.key. Files are kept below storage.data_dir, or in the S3 store that a [[store]] of "
    "the "
    "file describes\n(docs/stores.md). The administrator's key is SLIPWAY_API_KEY, or stands in "
    "the file that "
    "SLIPWAY_API_KEY_FILE names;\n"
    "without either, one is made on the first start and printed once.\n\n"
    "Exit status: 0 ended by a signal after draining, 1 failed to start or to drain, 2 wrong usage "
    "or configuration,\n"
    "70 the catalog's log could not be written.";

}  // namespace

std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv) {
    CommandLine line;
    CLI::App app("slipwayd receives files in parts, verifies every part, and loses none of them.",
                 "slipwayd");
    app.footer(kFooter);
    app.failure_message([](const CLI::App*, const CLI::Error& error) {
        return std::string("slipwayd: ") + error.what() + "\nslipwayd --help lists the options.\n";
    });
    app.set_version_flag("--version", "slipwayd " SLIPWAY_VERSION "\nbuilt " + list_backends());
    std::string config_file;
    std::string data_dir;
    std::string listen;
    bool check_only = false;
    bool print_only = false;
    auto* config_option =
        app.add_option("--config", config_file, "configuration file (TOML)")->type_name("FILE");
    auto* data_option =
        app.add_option("--data-dir", data_dir, "same as --storage.data_dir")->type_name("DIR");
    auto* listen_option =
        app.add_option("--listen", listen, "same as --server.listen")->type_name("HOST:PORT");
    auto* check = app.add_flag("--check-config", check_only,
                               "read the configuration, say what is wrong, and exit");
    auto* print = app.add_flag("--print-config", print_only,
                               "print the effective configuration, without secrets, and exit");
    check->excludes(print);
    auto* const migrate = app.add_subcommand(
        "migrate", "bring the schema of the MariaDB of metadata.url up to date, and exit");
    migrate->fallthrough();
    app.require_subcommand(0, 1);

    std::map<std::string, std::string> values;
    std::map<std::string, CLI::Option*> options;
    const Config defaults;
    for (const Setting& setting : settings()) {
        const std::string shown = setting.get(defaults);
        options[setting.name] =
            app.add_option("--" + setting.name, values[setting.name],
                           setting.help + (shown.empty() ? "" : " [" + shown + "]"))
                ->group("Settings")
                ->type_name("VALUE");
    }
    data_option->excludes(options["storage.data_dir"]);
    listen_option->excludes(options["server.listen"]);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int status = app.exit(error);
        return status == 0 ? 0 : 2;
    }
    for (const auto& [name, option] : options) {
        if (option->count() > 0) {
            line.settings[name] = values[name];
        }
    }
    if (data_option->count() > 0) {
        line.settings["storage.data_dir"] = data_dir;
    }
    if (listen_option->count() > 0) {
        line.settings["server.listen"] = listen;
    }
    if (config_option->count() > 0) {
        line.config_file = config_file;
    }
    if (check_only) {
        line.action = Action::check_config;
    } else if (print_only) {
        line.action = Action::print_config;
    } else if (migrate->parsed()) {
        line.action = Action::migrate;
    }
    return line;
}

}  // namespace slipway::daemon
