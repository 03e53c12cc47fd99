#include "cli/admin/admin_commands.hpp"

#include <chrono>
#include <utility>

#include "cli/admin/api_key_command.hpp"
#include "cli/admin/dead_letter_command.hpp"
#include "cli/admin/dr_command.hpp"
#include "cli/admin/quota_command.hpp"
#include "cli/admin/signing_key_command.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace {

NewApiKey new_key(const AdminOptions& options) {
    NewApiKey wanted{options.principal, options.scopes, std::nullopt};
    if (const auto life = parse_duration(options.expires_in)) {
        wanted.expires_in = std::chrono::duration_cast<std::chrono::seconds>(*life);
    }
    return wanted;
}

// The grammar has checked them: what is no size is empty or "unlimited".
QuotaLimits limits_of(const AdminOptions& options) {
    return {.bytes = parse_size(options.bytes),
            .files = parse_size(options.files),
            .open_uploads = parse_size(options.open_uploads)};
}

Task<Outcome<>> run_key(std::string command, AdminOptions options, OutputForm form,
                        ApiClient& api) {
    if (command == "key create") {
        co_return co_await run_key_create(new_key(options), form, api);
    }
    if (command == "key list") {
        co_return co_await run_key_list(form, api);
    }
    co_return co_await run_key_revoke(std::move(options.ids), api);
}

Task<Outcome<>> run_quota(std::string command, AdminOptions options, OutputForm form,
                          ApiClient& api) {
    if (command == "quota show") {
        co_return co_await run_quota_show(options.principal, form, api);
    }
    if (command == "quota set") {
        const QuotaLimits limits = limits_of(options);
        co_return co_await run_quota_set(options.principal, limits, form, api);
    }
    co_return co_await run_quota_reset(options.principal, api);
}

Task<Outcome<>> run_signing_key(std::string command, AdminOptions options, OutputForm form,
                                ApiClient& api) {
    if (command == "signing-key list") {
        co_return co_await run_signing_key_list(form, api);
    }
    if (command == "signing-key rotate") {
        co_return co_await run_signing_key_rotate(form, api);
    }
    for (const auto& id : options.ids) {
        if (auto revoked = co_await run_signing_key_revoke(id, api); !revoked) {
            co_return revoked;
        }
    }
    co_return Outcome<>();
}

Task<Outcome<>> run_dead_letter(std::string command, AdminOptions options, OutputForm form,
                                ApiClient& api) {
    if (command == "dead-letter list") {
        co_return co_await run_dead_letter_list(form, api);
    }
    if (options.ids.empty() && !options.all) {
        co_return fail(ExitCode::usage, "name dead letters, or --all");
    }
    co_return co_await run_dead_letter_retry(std::move(options.ids), api);
}

Task<Outcome<>> run_dr(std::string command, AdminOptions options, OutputForm form, ApiClient& api) {
    const Waiting waiting = options.wait ? Waiting::until_done : Waiting::no;
    if (command == "dr status") {
        co_return co_await run_dr_status(form, api);
    }
    if (command == "dr verify") {
        co_return co_await run_dr_verify(options.percent, waiting, form, api);
    }
    co_return co_await run_dr_fail_over(std::move(options.to), waiting, form, api);
}

}  // namespace

Task<ExitCode> run_admin(std::string command, AdminOptions options, OutputForm form,
                         ApiClient& api) {
    const auto group = command.substr(0, command.find(' '));
    const auto run = group == "key"           ? run_key
                     : group == "quota"       ? run_quota
                     : group == "signing-key" ? run_signing_key
                     : group == "dr"          ? run_dr
                                              : run_dead_letter;
    co_return exit_code_of(co_await run(std::move(command), std::move(options), form, api));
}

}  // namespace slipway::cli
