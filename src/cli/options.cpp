#include "cli/options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "cli/put/part_size.hpp"
#include "cli/text.hpp"
#include "http/client.hpp"

namespace slipway::cli {

namespace {

constexpr const char* kFooter =
    "Environment: SLIPWAY_URL, SLIPWAY_API_KEY, SLIPWAY_API_KEY_FILE, SLIPWAY_CACERT, "
    "SLIPWAY_RESOLVER, "
    "SLIPWAY_CONSUL_TOKEN, XDG_STATE_HOME, NO_COLOR.\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not authorised, 5 the source file "
    "changed,\n"
    "6 verification failed, 7 server unavailable, 8 conflict or exists already, 130 interrupted.";

const CLI::Validator kSize(
    [](std::string& text) { return parse_size(text) ? "" : "not a size such as 8MiB: " + text; },
    "SIZE");
const CLI::Validator kDuration(
    [](std::string& text) {
        return parse_duration(text) ? "" : "not a duration such as 30s or 5m: " + text;
    },
    "DURATION");
const CLI::Validator kPair(
    [](std::string& text) {
        return text.find('=') != std::string::npos && text[0] != '=' ? ""
                                                                     : "not NAME=VALUE: " + text;
    },
    "NAME=VALUE");

void add_general(CLI::App& app, Options& options) {
    app.add_option("--url,--server", options.url,
                   "The server, or consul://HOST:PORT/SERVICE or srv://NAME for several "
                   "(SLIPWAY_URL, else http://127.0.0.1:8080)");
    app.add_option("--resolver", options.resolver,
                   "Name server that srv:// asks (SLIPWAY_RESOLVER, else the system's)")
        ->type_name("ADDRESS[:PORT]");
    app.add_option("--api-key-file", options.api_key_file, "File that holds the API key")
        ->type_name("FILE");
    app.add_option("--cacert", options.cacert,
                   "Certificates of the authorities that https trusts (SLIPWAY_CACERT, else the "
                   "system's)")
        ->type_name("PATH");
    app.add_option("--retries", options.retries, "Further attempts of one part or call (10)");
    app.add_option("--max-wait", options.max_wait,
                   "How long to wait for a server that is away (put, get: 5m; others: 10s)")
        ->check(kDuration)
        ->type_name("");
    app.add_option("--stall-timeout", options.stall_timeout,
                   "Give an attempt up when nothing moves for so long (30s)")
        ->check(kDuration)
        ->type_name("");
    app.add_option("--journal", options.journal,
                   "The resume journal (~/.local/state/slipway/journal.db)")
        ->type_name("FILE");
}

void add_put(CLI::App& app, Options& options) {
    auto* put = app.add_subcommand("put", "Upload files, directories, or standard input (-)");
    put->add_option("source", options.put.sources, "FILE, DIR or -")->required()->type_name("");
    put->add_option("--parallel", options.put.parallel, "Parts under way at once (8)")
        ->check(CLI::Range(1, 256));
    put->add_option("--chunk-size", options.chunk_size,
                    "Size of a part (8MiB, larger where needed)")
        ->check(kSize)
        ->type_name("");
    put->add_option("--name", options.put.name, "Name of the file on the server");
    put->add_option("--content-type", options.put.content_type, "Its media type");
    put->add_option("--metadata", options.metadata, "Kept with the file; may be repeated")
        ->check(kPair)
        ->type_name("")
        ->allow_extra_args(false);
    put->add_flag("--sha256", options.put.declare_sha256, "Declare the digest of the whole file");
    put->add_flag("--direct", options.put.direct,
                  "Send the parts to the server's S3 store, past the server")
        ->excludes("--sha256");
    auto* no_resume =
        put->add_flag("--no-resume", options.no_resume, "Neither use the journal nor write it");
    put->add_flag("--restart", options.restart, "Abort an upload of before and begin anew")
        ->excludes(no_resume);
    put->add_flag("--json", options.json, "JSON lines, also on a terminal");
}

void add_get(CLI::App& app, Options& options) {
    auto* get = app.add_subcommand("get", "Download a file, and verify it");
    get->add_option("file", options.get.file, "ID or URL of a file")->required()->type_name("");
    get->add_option("-o,--output", options.get.output, "FILE, DIR, or - for standard output")
        ->type_name("FILE");
    get->add_flag("--force", options.force, "Overwrite an existing file");
    get->add_flag("--json", options.json, "JSON lines, also on a terminal");
}

void add_others(CLI::App& app, Options& options) {
    auto* list = app.add_subcommand("ls", "List files, or open uploads");
    list->add_flag("--uploads", options.uploads, "The open uploads");
    list->add_flag("--json", options.json, "JSON lines");

    auto* status = app.add_subcommand("status", "Show how far an upload is");
    status->add_option("id", options.ids, "ID of an upload")
        ->required()
        ->expected(1)
        ->type_name("");
    status->add_flag("--json", options.json, "The server's JSON");

    auto* remove = app.add_subcommand("rm", "Delete files, or end open uploads");
    remove->add_option("id", options.ids, "IDs of files or uploads")->required()->type_name("");

    auto* verify =
        app.add_subcommand("verify", "Compare a local file with one on the server, or its record");
    verify->add_option("file", options.verify.path, "Local file")->required()->type_name("FILE");
    auto* id = verify->add_option("id", options.verify.id, "ID or URL of a file")->type_name("");
    auto* save = verify->add_option("--save-record", options.verify.save_record,
                                    "Keep the server's record of the file");
    save->type_name("FILE");
    auto* record = verify->add_option("--record", options.verify.record,
                                      "Compare with a kept record, without a server");
    record->type_name("FILE")->excludes(id)->excludes(save);
    verify->add_flag("--json", options.json, "JSON");

    add_admin(app, options.admin, options.json);

    auto* completion = app.add_subcommand("completion", "Print the completion for a shell");
    completion->add_option("shell", options.shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->type_name("");
}

// "admin dead-letter list": as deep as it was given.
std::string command_of(const CLI::App& app) {
    std::string command;
    const CLI::App* at = &app;
    while (!at->get_subcommands().empty()) {
        at = at->get_subcommands().front();
        command += (command.empty() ? "" : " ") + at->get_name();
    }
    return command;
}

// What the grammar cannot say.
Outcome<> finish_options(Options& options, const std::string& command) {
    options.put.chunk_size = *parse_size(options.chunk_size);
    if (command == "put") {
        const auto layout = lay_out(0, options.put.chunk_size);
        if (!layout) {
            return std::unexpected(layout.error());
        }
    }
    if (command == "verify" && options.verify.id.empty() && options.verify.record.empty()) {
        return fail(ExitCode::usage, "verify needs the id of a file, or --record");
    }
    if (command == "admin quota set" && options.admin.bytes.empty() &&
        options.admin.files.empty() && options.admin.open_uploads.empty()) {
        return fail(ExitCode::usage, "quota set needs --bytes, --files or --open-uploads");
    }
    options.verify.form = options.json ? OutputForm::json : OutputForm::text;
    for (const auto& pair : options.metadata) {
        const auto equals = pair.find('=');
        options.put.metadata.insert_or_assign(pair.substr(0, equals), pair.substr(equals + 1));
    }
    options.put.resume = options.no_resume ? Resume::no
                         : options.restart ? Resume::restart
                                           : Resume::yes;
    options.get.overwrite = options.force ? Overwrite::yes : Overwrite::no;
    return {};
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

Outcome<std::string> read_key_file(const std::string& path) {
    std::ifstream file(path);
    std::string key{std::istreambuf_iterator<char>(file), {}};
    if (!file) {
        return fail(ExitCode::unauthorised, "cannot read the API key from " + path);
    }
    key.erase(key.find_last_not_of(" \t\r\n") + 1);
    if (key.empty()) {
        return fail(ExitCode::unauthorised, "there is no API key in " + path);
    }
    return key;
}

Outcome<std::string> find_key(const Options& options) {
    if (!options.api_key_file.empty()) {
        return read_key_file(options.api_key_file);
    }
    if (auto key = environment("SLIPWAY_API_KEY"); !key.empty()) {
        return key;
    }
    if (const auto path = environment("SLIPWAY_API_KEY_FILE"); !path.empty()) {
        return read_key_file(path);
    }
    return fail(ExitCode::unauthorised,
                "no API key: set SLIPWAY_API_KEY, or SLIPWAY_API_KEY_FILE to a file that holds it");
}

Outcome<> locate_servers(ApiSettings& settings, const Options& options) {
    auto location = parse_location(settings.base_url);
    if (!location) {
        return std::unexpected(location.error());
    }
    settings.location = *std::move(location);
    settings.directory.consul_token = environment("SLIPWAY_CONSUL_TOKEN");
    const auto resolver =
        options.resolver.empty() ? environment("SLIPWAY_RESOLVER") : options.resolver;
    if (!resolver.empty()) {
        auto parsed = parse_resolver(resolver);
        if (!parsed) {
            return std::unexpected(parsed.error());
        }
        settings.directory.resolver = *std::move(parsed);
    }
    return {};
}

// The library looks for a command before it looks at what it could not read.
std::string explain(const CLI::App* app, const CLI::Error& error) {
    const auto unread = app->remaining(true);
    const bool no_command =
        dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !unread.empty();
    return "slipway: " +
           (no_command ? "there is no command " + unread.front() : std::string(error.what())) +
           "\nRun with --help for more information.\n";
}

}  // namespace

std::unique_ptr<CLI::App> make_app(Options& options) {
    auto app =
        std::make_unique<CLI::App>("Uploads and downloads files of a slipway server", "slipway");
    app->require_subcommand(1);
    app->fallthrough();
    app->set_version_flag("--version", SLIPWAY_VERSION);
    app->footer(kFooter);
    app->failure_message(explain);
    add_general(*app, options);
    add_put(*app, options);
    add_get(*app, options);
    add_others(*app, options);
    return app;
}

Outcome<std::string> parse_arguments(CLI::App& app, Options& options, int argc, char** argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const bool helped = app.exit(error) == 0;
        return fail(helped ? ExitCode::ok : ExitCode::usage, {});
    }
    auto command = command_of(app);
    if (auto finished = finish_options(options, command); !finished) {
        return std::unexpected(finished.error());
    }
    return command;
}

Outcome<ApiSettings> api_settings(const Options& options, const std::string& command) {
    ApiSettings settings;
    settings.base_url = options.url.empty() ? environment("SLIPWAY_URL") : options.url;
    if (settings.base_url.empty()) {
        settings.base_url = "http://127.0.0.1:8080";
    }
    while (settings.base_url.ends_with('/')) {
        settings.base_url.pop_back();
    }
    if (auto located = locate_servers(settings, options); !located) {
        return std::unexpected(located.error());
    }
    settings.cacert = options.cacert.empty() ? environment("SLIPWAY_CACERT") : options.cacert;
    if (const auto known = http::check_authorities(settings.cacert);
        !known && !settings.cacert.empty()) {
        return fail(ExitCode::usage, known.error().detail);
    }
    auto key = find_key(options);
    if (!key) {
        return std::unexpected(key.error());
    }
    settings.key = *std::move(key);
    settings.retries = options.retries;
    const bool transfers = command == "put" || command == "get";
    const auto max_wait = options.max_wait.empty() ? (transfers ? "5m" : "10s") : options.max_wait;
    settings.max_wait = *parse_duration(max_wait);
    settings.stall_timeout = *parse_duration(options.stall_timeout);
    return settings;
}

std::string journal_path(const Options& options) {
    if (!options.journal.empty()) {
        return options.journal;
    }
    if (const auto state = environment("XDG_STATE_HOME"); state.starts_with('/')) {
        return state + "/slipway/journal.db";
    }
    const auto home = environment("HOME");
    return home.empty() ? std::string() : home + "/.local/state/slipway/journal.db";
}

}  // namespace slipway::cli
