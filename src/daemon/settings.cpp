#include "daemon/settings.hpp"

#include <algorithm>
#include <cstddef>

#include "core/part_plan.hpp"
#include "daemon/cluster/cluster_settings.hpp"
#include "daemon/consul/consul_settings.hpp"
#include "daemon/kafka/kafka_settings.hpp"
#include "daemon/metadata_settings.hpp"
#include "daemon/redis_settings.hpp"
#include "daemon/settings/setting_groups.hpp"
#include "daemon/small_parts.hpp"
#include "daemon/webhook_settings.hpp"

namespace slipway::daemon {

namespace {

std::vector<Setting> make_settings() {
    std::vector<Setting> all;
    add_server(all);
    add_storage(all);
    add_upkeep(all);
    add_stores(all);
    add_metadata(all);
    add_redis(all);
    add_uploads(all);
    add_webhooks(all);
    add_kafka(all);
    add_limits(all);
    add_quota(all);
    add_consul(all);
    all.push_back(roles_setting());
    add_auth(all);
    add_log(all);
    return all;
}

}  // namespace

const std::vector<Setting>& settings() {
    static const std::vector<Setting> all = make_settings();
    return all;
}

std::optional<std::string> find_contradiction(const Config& config) {
    if (config.uploads.default_expiry > config.uploads.max_expiry) {
        return "uploads.default_expiry: is longer than uploads.max_expiry";
    }
    if (config.limits.max_form_file > core::kMaxPartSize) {
        return "limits.max_form_file: is more than 5GiB";
    }
    if (std::ranges::find(config.stores, kLocalStore, &adapters::s3::StoreDescription::name) !=
        config.stores.end()) {
        return "store.local.name: is the name of the store below storage.data_dir";
    }
    if (config.placing.replicas > std::max<std::size_t>(config.stores.size(), 1)) {
        return "stores.replicas: is more than there are stores";
    }
    if (config.storage.data_dir.empty()) {
        return "storage.data_dir: must not be empty";
    }
    if (auto contradiction = find_metadata_contradiction(config.metadata); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_small_parts_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_redis_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_ack_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_webhook_contradiction(config.webhooks); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_kafka_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_consul_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_cluster_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    return std::nullopt;
}

}  // namespace slipway::daemon
