#include "daemon/open_store.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <span>
#include <utility>

#include "adapters/s3/setup/setup_fault.hpp"
#include "adapters/s3/store/s3_store.hpp"
#include "base/encoding.hpp"
#include "daemon/settings.hpp"
#include "runtime/run_blocking.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace fs = std::filesystem;
namespace s3 = adapters::s3;
using adapters::localfs::LocalFsStore;

namespace {

// Nothing else works on keys that begin with it.
std::string fresh_prefix(const s3::StoreDescription& store, ports::Random& random) {
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    return store.prefix + "slipway-check-" + encode_hex(bytes) + "-";
}

Error explained(const s3::StoreDescription& store, const Error& error) {
    return {error.code, "store " + store.name + ": " + s3::explain(store, error).message};
}

Error about(const s3::StoreDescription& store, const Error& error) {
    return {error.code, "store " + store.name + ": " + error.detail};
}

Result<s3::Capabilities> find_capabilities(const s3::StoreDescription& store,
                                           const sigv4::Credentials& credentials,
                                           const StoreMeans& means) {
    const auto probe = s3::CapabilityProbe::make(store.endpoint, credentials, means.clock);
    if (!probe) {
        return std::unexpected(about(store, probe.error()));
    }
    const auto found =
        runtime::run_blocking((*probe)->run(store.bucket, fresh_prefix(store, means.random)));
    if (!found) {
        return std::unexpected(explained(store, found.error()));
    }
    const auto ahead =
        std::chrono::duration_cast<std::chrono::seconds>((*probe)->clock_difference());
    if (ahead.count() != 0) {
        telemetry::log(telemetry::Level::warn, "store_clock_differs",
                       {{"store", store.name}, {"ahead_seconds", std::to_string(ahead.count())}});
    }
    return *found;
}

Result<OpenedStore> open_s3_store(const s3::StoreDescription& description,
                                  const Environment& environment,
                                  std::unique_ptr<LocalFsStore> spool, const StoreMeans& means) {
    auto credentials = s3::find_credentials(description, environment);
    if (!credentials) {
        return std::unexpected(about(description, credentials.error()));
    }
    const auto found = find_capabilities(description, *credentials, means);
    if (!found) {
        return std::unexpected(found.error());
    }
    s3::S3StoreOptions options{.name = description.name,
                               .endpoint = description.endpoint,
                               .credentials = std::move(*credentials),
                               .bucket = description.bucket,
                               .prefix = description.prefix,
                               .can = *found,
                               .downloads = description.downloads,
                               .patience = {},
                               .sizes = {}};
    auto store = s3::S3Store::make(std::move(options), *spool, means.clock);
    if (!store) {
        return std::unexpected(about(description, store.error()));
    }
    telemetry::log(telemetry::Level::info, "store_opened",
                   {{"store", description.name},
                    {"endpoint", description.endpoint.url},
                    {"bucket", description.bucket},
                    {"prefix", description.prefix}});
    const auto role =
        description.role == s3::StoreRole::dr ? engine::StoreRole::dr : engine::StoreRole::normal;
    return OpenedStore{std::move(spool), std::move(*store), description.weight, role};
}

Result<> require_store(const std::string& found, const std::vector<std::string>& wanted) {
    if (std::ranges::find(wanted, found) != wanted.end()) {
        return {};
    }
    std::string names;
    for (const std::string& name : wanted) {
        names += (names.empty() ? "\"" : ", \"") + name + "\"";
    }
    return failure(Errc::invalid, "store: the catalog has files of the store \"" + found +
                                      "\", and the configuration has " + names +
                                      ": a data directory stays with its stores");
}

Result<std::unique_ptr<LocalFsStore>> open_blobs(const fs::path& root,
                                                 adapters::localfs::LocalFsOptions disk,
                                                 const StoreMeans& means) {
    return LocalFsStore::open(root.string(), std::string(kLocalStore), means.pool, std::move(disk));
}

}  // namespace

Result<std::vector<OpenedStore>> open_stores(const Config& config, const Environment& environment,
                                             adapters::localfs::LocalFsOptions disk,
                                             StoreMeans means) {
    const fs::path data_dir = config.storage.data_dir;
    std::vector<OpenedStore> stores;
    if (std::ranges::count(config.stores, s3::StoreRole::normal, &s3::StoreDescription::role) ==
        0) {
        auto blobs = open_blobs(data_dir / "blobs", disk, means);
        if (!blobs) {
            return std::unexpected(blobs.error());
        }
        stores.push_back({.spool = nullptr, .store = std::move(*blobs)});
    }
    for (const s3::StoreDescription& description : config.stores) {
        auto spool = open_blobs(data_dir / "spool" / description.name, disk, means);
        if (!spool) {
            return std::unexpected(spool.error());
        }
        auto store = open_s3_store(description, environment, std::move(*spool), means);
        if (!store) {
            return std::unexpected(store.error());
        }
        stores.push_back(std::move(*store));
    }
    return stores;
}

Result<> require_own_records(ports::Catalog& catalog, const std::vector<std::string>& stores) {
    const ports::PageRequest first{.after = std::nullopt, .limit = 1};
    const auto files = runtime::run_blocking(catalog.list_all_files(first));
    if (!files) {
        return std::unexpected(files.error());
    }
    for (const core::File& file : files->items) {
        if (auto same = require_store(file.storage_node, stores); !same) {
            return same;
        }
    }
    for (const auto state : {core::UploadState::open, core::UploadState::completing}) {
        const auto uploads = runtime::run_blocking(catalog.list_uploads(state, first));
        if (!uploads) {
            return std::unexpected(uploads.error());
        }
        for (const core::Upload& upload : uploads->items) {
            for (const core::StagedCopy& blob : upload.blobs) {
                if (auto same = require_store(blob.storage_node, stores); !same) {
                    return same;
                }
            }
        }
    }
    return {};
}

}  // namespace slipway::daemon
