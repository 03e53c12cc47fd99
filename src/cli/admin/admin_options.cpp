#include "cli/admin/admin_options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/text.hpp"

namespace slipway::cli {

namespace {

const CLI::Validator kLife(
    [](std::string& text) {
        return parse_duration(text) ? "" : "not a duration such as 12h or 30d: " + text;
    },
    "DURATION");
const CLI::Validator kSizeLimit(
    [](std::string& text) {
        return text == "unlimited" || parse_size(text) ? "" : "not a size such as 10GiB: " + text;
    },
    "SIZE");
const CLI::Validator kCountLimit(
    [](std::string& text) {
        const bool number = !text.empty() && text.size() <= 15 &&
                            text.find_first_not_of("0123456789") == std::string::npos;
        return number || text == "unlimited" ? "" : "not a number: " + text;
    },
    "NUMBER");

CLI::App* add_group(CLI::App& admin, const char* name, const char* description) {
    auto* group = admin.add_subcommand(name, description);
    group->require_subcommand(1);
    return group;
}

void add_ids(CLI::App& command, AdminOptions& options, const char* description) {
    command.add_option("id", options.ids, description)->required()->type_name("");
}

void add_principal(CLI::App& command, AdminOptions& options) {
    command.add_option("principal", options.principal, "Whose")->required()->type_name("");
}

void add_keys(CLI::App& admin, AdminOptions& options, bool& json) {
    auto* group = add_group(admin, "key", "API keys");
    auto* create = group->add_subcommand("create", "Make a key; it is shown this once");
    create->add_option("principal", options.principal, "Who is to own what the key uploads")
        ->required()
        ->type_name("");
    create
        ->add_option("--scope", options.scopes,
                     "What it may: upload, read, delete, admin; may be repeated")
        ->required()
        ->delimiter(',')
        ->type_name("")
        ->allow_extra_args(false);
    create->add_option("--expires-in", options.expires_in, "For how long (until it is revoked)")
        ->check(kLife)
        ->type_name("");
    create->add_flag("--json", json, "The server's JSON");
    auto* list = group->add_subcommand("list", "List the keys, without their secrets");
    list->add_flag("--json", json, "JSON lines");
    add_ids(*group->add_subcommand("revoke", "End keys at once"), options, "IDs of keys");
}

void add_quotas(CLI::App& admin, AdminOptions& options, bool& json) {
    auto* group = add_group(admin, "quota", "What a principal may use");
    auto* show = group->add_subcommand("show", "Show what is used, and the limits");
    auto* set = group->add_subcommand("set", "Replace the limits; those not named are unlimited");
    auto* reset = group->add_subcommand("reset", "Go back to the server's standard");
    for (auto* command : {show, set, reset}) {
        add_principal(*command, options);
    }
    for (auto* command : {show, set}) {
        command->add_flag("--json", json, "The server's JSON");
    }
    set->add_option("--bytes", options.bytes, "SIZE or unlimited")
        ->check(kSizeLimit)
        ->type_name("");
    set->add_option("--files", options.files, "Number or unlimited")
        ->check(kCountLimit)
        ->type_name("");
    set->add_option("--open-uploads", options.open_uploads, "Number or unlimited")
        ->check(kCountLimit)
        ->type_name("");
}

void add_signing_keys(CLI::App& admin, AdminOptions& options, bool& json) {
    auto* group = add_group(admin, "signing-key", "The keys that sign part URLs");
    auto* list = group->add_subcommand("list", "List them");
    auto* rotate = group->add_subcommand("rotate", "Make a new one, which signs from now on");
    for (auto* command : {list, rotate}) {
        command->add_flag("--json", json, "JSON lines");
    }
    add_ids(*group->add_subcommand("revoke", "End what they signed, at once"), options,
            "IDs of keys");
}

void add_dead_letters(CLI::App& admin, AdminOptions& options, bool& json) {
    auto* group = add_group(admin, "dead-letter", "Background work that was given up");
    auto* list = group->add_subcommand("list", "List it");
    list->add_flag("--json", json, "JSON lines");
    auto* retry = group->add_subcommand("retry", "Have it tried again");
    auto* ids = retry->add_option("id", options.ids, "IDs of dead letters")->type_name("");
    retry->add_flag("--all", options.all, "All of them")->excludes(ids);
}

void add_dr(CLI::App& admin, AdminOptions& options, bool& json) {
    auto* group = add_group(admin, "dr", "Copies in the store for disaster recovery");
    auto* status = group->add_subcommand("status", "Tell what has a copy, and what failed");
    auto* verify = group->add_subcommand("verify", "Have copies read, compared and repaired");
    auto* fail_over = group->add_subcommand("fail-over", "Have the store take over");
    for (auto* command : {status, verify, fail_over}) {
        command->add_flag("--json", json, "The server's JSON");
    }
    verify->add_option("--percent", options.percent, "Of so many files, drawn at random (100)")
        ->check(CLI::Range(1, 100))
        ->type_name("");
    fail_over->add_option("--to", options.to, "Another store, to go back")->type_name("");
    for (auto* command : {verify, fail_over}) {
        command->add_flag("--wait", options.wait, "Until it is done");
    }
}

}  // namespace

void add_admin(CLI::App& app, AdminOptions& options, bool& json) {
    auto* admin = add_group(app, "admin", "Administration of the server and its stores");
    add_keys(*admin, options, json);
    add_quotas(*admin, options, json);
    add_signing_keys(*admin, options, json);
    add_dead_letters(*admin, options, json);
    add_dr(*admin, options, json);
    add_store(*admin, options.store, json);
}

}  // namespace slipway::cli
