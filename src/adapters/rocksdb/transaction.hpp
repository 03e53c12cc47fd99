// Transaction: the changes of one group commit while they are collected. It reads what the database
// holds with the changes so far on top, so that each request of a group sees those before it. Used
// by the writer's thread only.
#pragma once

#include <rocksdb/write_batch.h>

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/keys.hpp"
#include "base/result.hpp"

namespace slipway::adapters::rocksdb {

class Transaction {
 public:
    explicit Transaction(Database& database) : database_(database) {}

    Result<std::optional<std::string>> get(Table table, std::string_view key) const;
    void put(Table table, std::string key, std::string value);
    void erase(Table table, std::string key);
    // Visits the keys of the range in order, until a visit says false. A visit changes nothing. Not
    // for the table of parts.
    Result<> scan_keys(Table table, const KeyRange& range,
                       const std::function<bool(std::string_view key)>& visit) const;
    // Erases every part of the upload. Fails before anything is erased.
    Result<> erase_parts(UploadId id);

    bool empty() const { return batch_.Count() == 0; }
    std::size_t size() const { return batch_.GetDataSize(); }
    Result<> commit() { return database_.commit(batch_); }

 private:
    using Values = std::map<std::string, std::optional<std::string>, std::less<>>;
    Values& values(Table table) { return changed_[static_cast<std::size_t>(table)]; }
    const Values& values(Table table) const { return changed_[static_cast<std::size_t>(table)]; }

    Database& database_;
    ::rocksdb::WriteBatch batch_;
    std::array<Values, kTableNames.size()> changed_;
    std::vector<UploadId> without_parts_;
};

}  // namespace slipway::adapters::rocksdb
