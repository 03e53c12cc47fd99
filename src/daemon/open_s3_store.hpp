// Opens an S3 store: finds out what it can do, and whether it can be used.
#pragma once

#include <memory>

#include "adapters/s3/setup/store_description.hpp"
#include "daemon/small_parts.hpp"
#include "ports/clock.hpp"
#include "ports/random.hpp"
#include "ports/store.hpp"
#include "runtime/task.hpp"

namespace slipway::daemon {

// What a store is opened with; copied into whatever tries it again.
struct StoreOpening {
    adapters::s3::StoreDescription description;
    sigv4::Credentials credentials;
    ports::Store& spool;
    const ports::Clock& clock;
    ports::Random& random;
    adapters::s3::SmallParts small_parts;
};

// Errors: a message for the operator, which names the store; unsupported also where this program
// was built without S3 stores.
Task<Result<std::unique_ptr<ports::Store>>> open_s3_store(StoreOpening with);

}  // namespace slipway::daemon
