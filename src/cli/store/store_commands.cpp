#include "cli/store/store_commands.hpp"

#include <algorithm>
#include <array>

#include "adapters/system/system_clock.hpp"
#include "cli/store/bucket_command.hpp"
#include "cli/store/check_command.hpp"
#include "cli/store/configuration_command.hpp"
#include "cli/store/multipart_command.hpp"
#include "cli/store/object_command.hpp"

namespace slipway::cli {

namespace {

struct StoreCommand {
    std::string_view name;
    Task<Outcome<>> (*run)(StoreContext context, StoreOptions options);
};

constexpr std::array kCommands{
    StoreCommand{"check", run_store_check},
    StoreCommand{"bucket create", run_bucket_create},
    StoreCommand{"bucket head", run_bucket_head},
    StoreCommand{"bucket list", run_bucket_list},
    StoreCommand{"bucket delete", run_bucket_delete},
    StoreCommand{"object put", run_object_put},
    StoreCommand{"object get", run_object_get},
    StoreCommand{"object head", run_object_head},
    StoreCommand{"object list", run_object_list},
    StoreCommand{"object delete", run_object_delete},
    StoreCommand{"multipart list", run_multipart_list},
    StoreCommand{"multipart parts", run_multipart_parts},
    StoreCommand{"multipart abort", run_multipart_abort},
    StoreCommand{"lifecycle get", run_lifecycle_get},
    StoreCommand{"lifecycle set", run_lifecycle_set},
    StoreCommand{"cors get", run_cors_get},
    StoreCommand{"cors set", run_cors_set},
    StoreCommand{"policy get", run_policy_get},
    StoreCommand{"policy set", run_policy_set},
};

Outcome<s3::StoreDescription> find_store(const StoreOptions& options) {
    const auto stores = s3::load_stores(options.config);
    if (!stores) {
        return fail(ExitCode::usage, stores.error().detail);
    }
    std::string names;
    for (const auto& store : *stores) {
        if (store.name == options.store || (options.store.empty() && stores->size() == 1)) {
            return store;
        }
        names += (names.empty() ? "" : ", ") + store.name;
    }
    const std::string wanted =
        options.store.empty() ? "--store is needed" : "there is no store " + options.store;
    return fail(ExitCode::usage,
                wanted + "; " + options.config + (names.empty() ? " has none" : " has " + names));
}

Task<Outcome<>> run_command(std::string command, StoreOptions options, OutputForm form) {
    const auto description = find_store(options);
    if (!description) {
        co_return std::unexpected(description.error());
    }
    const auto credentials = s3::find_credentials(*description, s3::process_variables());
    if (!credentials) {
        co_return fail(ExitCode::unauthorised, credentials.error().detail);
    }
    const adapters::system::SystemClock clock;
    const auto client = s3::S3Client::make(description->endpoint, *credentials, clock);
    if (!client) {
        co_return fail(ExitCode::usage, client.error().detail);
    }
    if (options.bucket.empty()) {
        options.bucket = description->bucket;
    }
    const StoreContext context{*description, *credentials, clock, **client, form};
    const auto* found = std::ranges::find(kCommands, command, &StoreCommand::name);
    co_return co_await found->run(context, std::move(options));
}

}  // namespace

Task<ExitCode> run_store(std::string command, StoreOptions options, OutputForm form) {
    co_return exit_code_of(co_await run_command(std::move(command), std::move(options), form));
}

}  // namespace slipway::cli
