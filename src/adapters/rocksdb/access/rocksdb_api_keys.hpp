// RocksDbApiKeys: the records of API keys (ports/api_keys.hpp) in the catalog's database.
#pragma once

#include <memory>
#include <utility>

#include "adapters/rocksdb/embedded_database.hpp"
#include "ports/api_keys.hpp"

namespace slipway::adapters::rocksdb {

class RocksDbApiKeys final : public ports::ApiKeys {
 public:
    explicit RocksDbApiKeys(std::shared_ptr<EmbeddedDatabase> database)
        : database_(std::move(database)) {}

    Task<Result<>> create_key(core::ApiKey key) override;
    Task<Result<ports::KeyPage>> list_keys(ports::KeyPageRequest page) override;
    Task<Result<core::ApiKey>> revoke_key(KeyId id, WallTime when) override;
    Task<Result<>> note_key_uses(std::vector<ports::KeyUse> uses) override;

 private:
    std::shared_ptr<EmbeddedDatabase> database_;
};

}  // namespace slipway::adapters::rocksdb
