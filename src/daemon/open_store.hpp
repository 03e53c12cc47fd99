// Opens the stores that a node keeps its files in: the S3 stores that are described, each of which
// is tried before it is used; where none of them is for more than disaster recovery, also blobs
// below the data directory.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/localfs/local_fs_store.hpp"
#include "daemon/config_loader.hpp"
#include "engine/stores/stores.hpp"
#include "ports/catalog.hpp"
#include "ports/clock.hpp"
#include "ports/random.hpp"
#include "runtime/blocking_pool.hpp"

namespace slipway::daemon {

struct OpenedStore {
    // What the store stages on this node, where it is not the store itself.
    std::unique_ptr<ports::Store> spool;
    // Nothing while it is away since the start.
    std::unique_ptr<ports::Store> store;
    unsigned weight = 1;
    engine::StoreRole role = engine::StoreRole::normal;
    // Stands in front of a store that was away at the start, and tries to open it; once it has
    // succeeded, not again.
    std::unique_ptr<engine::LateStore> late = nullptr;
    std::function<Task<Result<>>()> open = nullptr;

    ports::Store& front() const { return late ? *late : *store; }
};

// They stay where they are.
using OpenedStores = std::deque<OpenedStore>;

// What it works with; outlives the store.
struct StoreMeans {
    runtime::BlockingPool& pool;
    const ports::Clock& clock;
    ports::Random& random;
};

// Blocks: for the start of the process. Whoever else uses the data directory is found out first. Of
// several stores one that is away is left to be opened later.
// Errors: a message for the operator, which names the store and says why.
Result<std::unique_ptr<OpenedStores>> open_stores(const Config& config,
                                                  const Environment& environment,
                                                  adapters::localfs::LocalFsOptions disk,
                                                  StoreMeans means);

// invalid: the catalog has files, or uploads, of a store that is none of these, which would be
// taken for lost. It looks at a few.
Result<> require_own_records(ports::Catalog& catalog, const std::vector<std::string>& stores);

}  // namespace slipway::daemon
