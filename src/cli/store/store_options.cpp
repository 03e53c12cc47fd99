#include "cli/store/store_options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/store/byte_span.hpp"

namespace slipway::cli {

namespace {

constexpr const char* kFooter =
    "The keys of a store: SLIPWAY_STORE_NAME_ACCESS_KEY_ID, SLIPWAY_STORE_NAME_SECRET_ACCESS_KEY "
    "and perhaps\n"
    "SLIPWAY_STORE_NAME_SESSION_TOKEN in the environment, else credentials_file in its "
    "description.\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage or description, 3 no such object, bucket, upload "
    "or "
    "configuration,\n"
    "4 keys or rights, 6 other bytes than stored, 7 store unavailable, 8 conflict or exists "
    "already, "
    "130 interrupted.";
constexpr unsigned kLongestLife = 3650;

const CLI::Validator kSpan(
    [](std::string& text) {
        return parse_byte_span(text) ? "" : "not FIRST-LAST, FIRST- or -COUNT: " + text;
    },
    "RANGE");
const CLI::Validator kOrigin(
    [](std::string& text) {
        const bool is_url = text.starts_with("https://") || text.starts_with("http://");
        const bool is_origin =
            is_url && text.find_first_of("/?# ", text.find("//") + 2) == text.npos;
        return text == "*" || is_origin ? ""
                                        : "not an origin such as https://www.example.org: " + text;
    },
    "ORIGIN");

CLI::App* add_group(CLI::App& above, const char* name, const char* description) {
    auto* group = above.add_subcommand(name, description);
    group->require_subcommand(1);
    return group;
}

void add_json(std::initializer_list<CLI::App*> commands, bool& json) {
    for (auto* command : commands) {
        command->add_flag("--json", json, "JSON lines");
    }
}

void add_key(CLI::App& command, StoreOptions& options) {
    command.add_option("key", options.key, "The whole key, with the store's prefix")
        ->required()
        ->type_name("");
}

void add_bucket(CLI::App& command, StoreOptions& options) {
    command.add_option("bucket", options.bucket, "Name of a bucket (the store's own)")
        ->type_name("");
}

void add_prefix(CLI::App& command, StoreOptions& options) {
    command.add_option("--prefix", options.prefix, "What keys begin with (the store's own prefix)");
}

void add_buckets(CLI::App& store, StoreOptions& options, bool& json) {
    auto* group = add_group(store, "bucket", "Buckets");
    auto* create = group->add_subcommand("create", "Make a bucket");
    auto* head = group->add_subcommand("head", "Ask whether it is there and may be used");
    auto* list = group->add_subcommand("list", "List the buckets of these keys");
    auto* remove = group->add_subcommand("delete", "Delete an empty bucket");
    for (auto* command : {create, head, remove}) {
        add_bucket(*command, options);
    }
    add_json({list}, json);
}

void add_objects(CLI::App& store, StoreOptions& options, bool& json) {
    auto* group = add_group(store, "object", "Objects");
    auto* put = group->add_subcommand("put", "Store a local file, of up to 5 GiB, in one call");
    put->add_option("file", options.file, "Local file")->required()->type_name("FILE");
    add_key(*put, options);
    put->add_option("--content-type", options.content_type, "Its media type");
    put->add_flag("--keep", options.keep, "Fail where there is an object of this key");
    auto* get = group->add_subcommand("get", "Read an object, or a range of it");
    add_key(*get, options);
    get->add_option("-o,--output", options.output,
                    "FILE, or - for standard output (a file of the key's last name)")
        ->type_name("FILE");
    get->add_option("--range", options.range, "FIRST-LAST, FIRST- or -COUNT, in bytes from 0")
        ->check(kSpan)
        ->type_name("");
    get->add_flag("--force", options.force, "Overwrite an existing file");
    auto* head = group->add_subcommand("head", "Show what the store knows of an object");
    add_key(*head, options);
    auto* list = group->add_subcommand("list", "List objects");
    add_prefix(*list, options);
    list->add_flag("--folders", options.folders, "Only up to the next / of each key");
    auto* remove = group->add_subcommand("delete", "Delete objects");
    remove->add_option("key", options.keys, "Whole keys")->required()->type_name("");
    add_json({put, head, list}, json);
}

void add_multiparts(CLI::App& store, StoreOptions& options, bool& json) {
    auto* group = add_group(store, "multipart", "Multipart uploads that are not completed");
    auto* list = group->add_subcommand("list", "List them");
    add_prefix(*list, options);
    auto* parts = group->add_subcommand("parts", "List the parts of one");
    auto* abort = group->add_subcommand(
        "abort", "End one; never while a server may be completing it, or the object can be lost");
    for (auto* command : {parts, abort}) {
        add_key(*command, options);
        command->add_option("upload", options.upload_id, "Its id at the store")
            ->required()
            ->type_name("");
    }
    add_json({list, parts}, json);
}

void add_configurations(CLI::App& store, StoreOptions& options, bool& json) {
    auto* lifecycle = add_group(store, "lifecycle", "What the store deletes by itself");
    auto* lifecycle_get = lifecycle->add_subcommand("get", "Show the rules");
    auto* lifecycle_set =
        lifecycle->add_subcommand("set", "Have multipart uploads aborted that nobody completes");
    lifecycle_set
        ->add_option("--abort-after-days", options.days, "How many days after they began (7)")
        ->check(CLI::Range(1U, kLongestLife))
        ->type_name("DAYS");
    add_prefix(*lifecycle_set, options);
    auto* cors = add_group(store, "cors", "Which pages may use presigned URLs in a browser");
    auto* cors_get = cors->add_subcommand("get", "Show the rules");
    auto* cors_set = cors->add_subcommand("set", "Allow direct uploads and downloads to pages");
    cors_set
        ->add_option("--origin", options.origins,
                     "Where the pages are, https://www.example.org, or *; may be repeated")
        ->required()
        ->check(kOrigin)
        ->type_name("")
        ->allow_extra_args(false);
    for (auto* command : {lifecycle_set, cors_set}) {
        command->add_flag("--replace", options.replace, "Also rules that are not slipway's");
    }
    auto* policy = add_group(store, "policy", "Who may do what in the bucket");
    policy->add_subcommand("get", "Print the policy, which is JSON");
    policy->add_subcommand("set", "Replace it")
        ->add_option("file", options.file, "File with the new one")
        ->required()
        ->type_name("FILE");
    add_json({lifecycle_get, cors_get}, json);
}

}  // namespace

void add_store(CLI::App& admin, StoreOptions& options, bool& json) {
    auto* store = add_group(admin, "store", "An S3 store, spoken to directly, without a server");
    // Those below take it over.
    store->footer(kFooter);
    store->add_option("--config", options.config, "File with [[store]], as slipwayd reads it")
        ->required()
        ->type_name("FILE");
    store->add_option("--store", options.store, "Name of the store (where there is but one: that)");
    add_json({store->add_subcommand("check", "Try what the store can do, or say what is wrong")},
             json);
    add_buckets(*store, options, json);
    add_objects(*store, options, json);
    add_multiparts(*store, options, json);
    add_configurations(*store, options, json);
}

}  // namespace slipway::cli
