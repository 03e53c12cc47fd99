// The records of usage and of quotas (docs/on-disk-format.md, "Catalog"), each under its owner's
// name, and how a transaction counts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/rocksdb/keys.hpp"
#include "adapters/rocksdb/load.hpp"
#include "adapters/rocksdb/transaction.hpp"
#include "base/result.hpp"
#include "core/quota.hpp"

namespace slipway::adapters::rocksdb {

std::string encode_usage(std::string_view owner, const core::Usage& usage);
std::string encode_quota(std::string_view owner, const core::Quota& quota);
// corrupted: as decode_upload.
Result<core::Usage> decode_usage(std::string_view owner, std::string_view record);
Result<core::Quota> decode_quota(std::string_view owner, std::string_view record);

// What the recorded parts of an upload count besides the upload.
std::string encode_counted_parts(UploadId id, const core::Usage& parts);
Result<core::Usage> decode_counted_parts(UploadId id, std::string_view record);

// No record: nothing is used.
template <class Source>
Result<core::Usage> load_usage(const Source& source, const std::string& owner) {
    const auto usage = load<core::Usage>(
        source, Table::usage, owner,
        [&owner](std::string_view record) { return decode_usage(owner, record); });
    return usage ? Result<core::Usage>(usage->value_or(core::Usage()))
                 : std::unexpected(usage.error());
}

template <class Source>
Result<std::optional<core::Quota>> load_quota(const Source& source, const std::string& owner) {
    return load<core::Quota>(source, Table::quotas, owner, [&owner](std::string_view record) {
        return decode_quota(owner, record);
    });
}

template <class Source>
Result<core::Usage> load_counted_parts(const Source& source, UploadId id) {
    const auto parts = load<core::Usage>(
        source, Table::counted_parts, id_key(id),
        [id](std::string_view record) { return decode_counted_parts(id, record); });
    return parts ? Result<core::Usage>(parts->value_or(core::Usage()))
                 : std::unexpected(parts.error());
}

// The owner's usage when `after` has come in the place of `before`. corrupted: it would fall below
// nothing.
Result<core::Usage> usage_after(const Transaction& changes, const std::string& owner,
                                const core::Usage& before, const core::Usage& after);
void write_usage(Transaction& changes, const std::string& owner, const core::Usage& usage);

}  // namespace slipway::adapters::rocksdb
