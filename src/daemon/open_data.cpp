#include "daemon/open_data.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <utility>

#include "daemon/announcement.hpp"
#include "daemon/cluster/shared_ack.hpp"
#include "daemon/cluster/shared_administrator.hpp"
#include "daemon/consul/consul_settings.hpp"
#include "daemon/durable_file.hpp"
#include "daemon/node_options.hpp"
#include "daemon/open_cache.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::daemon {

namespace fs = std::filesystem;

namespace {

constexpr std::array<double, 8> kBatchBounds = {1, 2, 4, 8, 16, 64, 256, 512};
constexpr std::array<double, 8> kSecondsBounds = {0.0001, 0.0005, 0.001, 0.005,
                                                  0.01,   0.05,   0.25,  1};

std::vector<std::string> names_of(const OpenedStores& stores) {
    std::vector<std::string> names;
    for (const OpenedStore& opened : stores) {
        names.emplace_back(opened.front().name());
    }
    return names;
}

CatalogMeans catalog_means(const DataMeans& means) {
    auto& batches =
        means.metrics.histogram("slipway_catalog_batch_changes",
                                "Changes made durable by one sync of the catalog.", kBatchBounds);
    auto& commits = means.metrics.histogram("slipway_catalog_commit_seconds",
                                            "Duration of a commit of the catalog.", kSecondsBounds);
    return {.pool = means.pool,
            .clock = means.clock,
            .expected = means.expected,
            .on_commit = [&batches, &commits](std::size_t changes, double duration) {
                batches.observe(static_cast<double>(changes));
                commits.observe(duration);
            }};
}

// Who this server is to its clients, and to others over the same records.
Result<> open_keys(const Config& config, const Environment& environment, const DataMeans& means,
                   OpenedData& opened) {
    const fs::path data_dir(config.storage.data_dir);
    const fs::path keys = data_dir / "keys";
    ports::SharedState* shared = opened.records.shared.get();
    const auto names = names_of(*opened.stores);
    if (shared != nullptr && std::ranges::find(names, kLocalStore) != names.end()) {
        if (auto claimed = claim_local_store(keys, means.random, *shared); !claimed) {
            return claimed;
        }
    }
    auto administrator =
        shared != nullptr
            ? share_administrator_key(environment, config, keys, means.random, *shared)
            : load_administrator_key(environment, config, keys, means.random);
    if (!administrator) {
        return std::unexpected(administrator.error());
    }
    opened.administrator = std::move(*administrator);
    auto signing = open_ring(
        config, environment, keys,
        {.pool = means.pool, .clock = means.clock, .random = means.random, .shared = shared});
    if (!signing) {
        return std::unexpected(signing.error());
    }
    opened.signing = std::move(*signing);
    return {};
}

}  // namespace

Result<OpenedData> open_data(const Config& config, const Environment& environment,
                             DataMeans means) {
    auto endpoints = load_endpoints(environment, config.webhooks);
    if (!endpoints) {
        return std::unexpected(endpoints.error());
    }
    const fs::path data_dir(config.storage.data_dir);
    const fs::path keys = data_dir / "keys";
    if (auto created = create_directory_durably(fs::absolute(keys)); !created) {
        return std::unexpected(created.error());
    }
    auto consul = consul_options(environment, config.consul);
    if (!consul) {
        return std::unexpected(consul.error());
    }
    OpenedData opened;
    opened.endpoints = std::move(*endpoints);
    opened.consul = std::move(*consul);
    auto& syncs = means.metrics.histogram("slipway_disk_sync_seconds",
                                          "Duration of each fsync and fdatasync of the store.",
                                          kSecondsBounds);
    auto stores = open_stores(config, environment, store_options(config.storage, syncs),
                              {.pool = means.pool, .clock = means.clock, .random = means.random});
    if (!stores) {
        return std::unexpected(stores.error());
    }
    opened.stores = std::move(*stores);
    // Only now, with the store's lock in hand, is it surely stale.
    withdraw_announcement(data_dir);
    auto records = open_catalog(config, environment, catalog_means(means));
    if (!records) {
        return std::unexpected(records.error());
    }
    opened.records = std::move(*records);
    if (opened.records.loans != nullptr) {
        const auto agreed = runtime::run_blocking(
            claim_ack(*opened.records.shared, *opened.records.loans, config.metadata.ack));
        if (!agreed) {
            return std::unexpected(agreed.error());
        }
    }
    if (auto cached = put_cache_in_front(opened.records, config, environment, means.metrics);
        !cached) {
        return std::unexpected(cached.error());
    }
    if (auto own = require_own_records(*opened.records.catalog, names_of(*opened.stores)); !own) {
        return std::unexpected(own.error());
    }
    if (auto identified = open_keys(config, environment, means, opened); !identified) {
        return std::unexpected(identified.error());
    }
    return opened;
}

StoreOpeners openers_of(const OpenedStores& stores) {
    StoreOpeners openers;
    for (const OpenedStore& opened : stores) {
        if (opened.open) {
            openers.emplace(opened.late->name(), opened.open);
        }
    }
    return openers;
}

std::vector<engine::StoreUse> uses_of(const OpenedStores& stores) {
    std::vector<engine::StoreUse> uses;
    for (const OpenedStore& opened : stores) {
        uses.push_back({.store = opened.front(), .weight = opened.weight, .role = opened.role});
    }
    return uses;
}

}  // namespace slipway::daemon
