// MariaDbApiKeys: the records of API keys (ports/api_keys.hpp) in the catalog's database.
#pragma once

#include <memory>
#include <utility>

#include "adapters/mariadb/client/database.hpp"
#include "ports/api_keys.hpp"

namespace slipway::adapters::mariadb {

class MariaDbApiKeys final : public ports::ApiKeys {
 public:
    // `database` is prepared (open_database.hpp).
    explicit MariaDbApiKeys(std::shared_ptr<Database> database) : database_(std::move(database)) {}

    Task<Result<>> create_key(core::ApiKey key) override;
    Task<Result<ports::KeyPage>> list_keys(ports::KeyPageRequest page) override;
    Task<Result<core::ApiKey>> revoke_key(KeyId id, WallTime when) override;
    Task<Result<>> note_key_uses(std::vector<ports::KeyUse> uses) override;

 private:
    const std::shared_ptr<Database> database_;
};

}  // namespace slipway::adapters::mariadb
