#include "daemon/open_store.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <span>
#include <utility>

#include "daemon/open_s3_store.hpp"
#include "daemon/settings.hpp"
#include "daemon/small_parts.hpp"
#include "runtime/run_blocking.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace fs = std::filesystem;
namespace s3 = adapters::s3;
using adapters::localfs::LocalFsStore;

namespace {

Error about(const s3::StoreDescription& store, const Error& error) {
    return {error.code, "store " + store.name + ": " + error.detail};
}

// `place` stays where it is.
Task<Result<>> open_late(StoreOpening with, std::unique_ptr<ports::Store>& place,
                         engine::LateStore& late) {
    if (late.is_there()) {
        co_return Result<>();
    }
    auto store = co_await open_s3_store(std::move(with));
    if (!store) {
        co_return std::unexpected(store.error());
    }
    place = std::move(*store);
    late.arrive(*place);
    co_return Result<>();
}

bool may_come_later(const Error& error) {
    return error.code == Errc::unavailable || error.code == Errc::deadline_exceeded ||
           error.code == Errc::outcome_unknown || error.code == Errc::throttled;
}

enum class Company { alone, several };

// Into its place, where it stays.
Result<> open_into(OpenedStore& opened, StoreOpening with, Company company) {
    auto store = runtime::run_blocking(open_s3_store(with));
    if (store) {
        opened.store = std::move(*store);
        return {};
    }
    if (company == Company::alone || !may_come_later(store.error())) {
        return std::unexpected(store.error());
    }
    telemetry::log(telemetry::Level::error, "store_away",
                   {{"store", with.description.name}, {"detail", store.error().detail}});
    opened.late = std::make_unique<engine::LateStore>(
        with.description.name, "store " + with.description.name + " is away since the start");
    opened.open = [with = std::move(with), &opened] {
        return open_late(with, opened.store, *opened.late);
    };
    return {};
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

Result<std::unique_ptr<OpenedStores>> open_stores(const Config& config,
                                                  const Environment& environment,
                                                  adapters::localfs::LocalFsOptions disk,
                                                  StoreMeans means) {
    const fs::path data_dir = config.storage.data_dir;
    auto stores = std::make_unique<OpenedStores>();
    if (std::ranges::count(config.stores, s3::StoreRole::normal, &s3::StoreDescription::role) ==
        0) {
        auto blobs = open_blobs(data_dir / "blobs", disk, means);
        if (!blobs) {
            return std::unexpected(blobs.error());
        }
        stores->emplace_back().store = std::move(*blobs);
    }
    const auto company =
        config.stores.size() + stores->size() > 1 ? Company::several : Company::alone;
    for (const s3::StoreDescription& description : config.stores) {
        auto spool = open_blobs(data_dir / "spool" / description.name, disk, means);
        if (!spool) {
            return std::unexpected(spool.error());
        }
        auto credentials = s3::find_credentials(description, environment);
        if (!credentials) {
            return std::unexpected(about(description, credentials.error()));
        }
        OpenedStore& opened = stores->emplace_back();
        opened.spool = std::move(*spool);
        opened.weight = description.weight;
        opened.role = description.role == s3::StoreRole::dr ? engine::StoreRole::dr
                                                            : engine::StoreRole::normal;
        StoreOpening with{.description = description,
                          .credentials = std::move(*credentials),
                          .spool = *opened.spool,
                          .clock = means.clock,
                          .random = means.random,
                          .small_parts = small_parts_of(config)};
        if (auto done = open_into(opened, std::move(with), company); !done) {
            return std::unexpected(done.error());
        }
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
