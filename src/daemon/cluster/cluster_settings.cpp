#include "daemon/cluster/cluster_settings.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "daemon/metadata_settings.hpp"
#include "daemon/values.hpp"

namespace slipway::daemon {

namespace {

constexpr std::string_view kApi = "api";
constexpr std::string_view kWorker = "worker";

std::optional<std::string> set_roles(Config& config, std::string_view text) {
    const std::vector<std::string> words = addresses(std::string(text));
    const auto count = [&](std::string_view word) { return std::ranges::count(words, word); };
    const auto known = count(kApi) + count(kWorker);
    if (words.empty() || known != std::ssize(words) || count(kApi) > 1 || count(kWorker) > 1) {
        return "must be api, worker or both, each once";
    }
    config.roles = {.api = count(kApi) == 1, .worker = count(kWorker) == 1};
    return std::nullopt;
}

std::string roles_of(const Config& config) {
    if (config.roles.api && config.roles.worker) {
        return "api,worker";
    }
    return std::string(config.roles.api ? kApi : kWorker);
}

}  // namespace

Setting roles_setting() {
    return {
        "node.roles", ValueKind::words,
        "what this server does: api (serves clients), worker (background tasks, events) or both",
        set_roles, roles_of};
}

std::string find_cluster_contradiction(const Config& config) {
    const bool is_alone = config.metadata.kind == kEmbeddedMetadata;
    if (is_alone && !config.auth.cluster_secret_file.empty()) {
        return "auth.cluster_secret_file: is for several servers over one database, and "
               "metadata.kind is embedded";
    }
    if (is_alone && !(config.roles.api && config.roles.worker)) {
        return "node.roles: must be api and worker where metadata.kind is embedded: nobody else "
               "could do the rest";
    }
    if (!config.roles.api && config.server.admin_listen) {
        return "server.admin_listen: is for a server with the role api; one without it has health, "
               "metrics and administration on server.listen";
    }
    return "";
}

}  // namespace slipway::daemon
