// Typed reads over anything with `get(table, key)`: a database, a snapshot, a transaction.
#pragma once

#include <optional>
#include <utility>

#include "adapters/rocksdb/keys.hpp"
#include "adapters/rocksdb/records.hpp"
#include "base/result.hpp"
#include "core/upload.hpp"

namespace slipway::adapters::rocksdb {

// Nothing when there is no such record. Decodes what stands under the key with `decode(record)`.
template <class Record, class Source, class Decode>
Result<std::optional<Record>> load(const Source& source, Table table, const std::string& key,
                                   Decode decode) {
    auto value = source.get(table, key);
    if (!value) {
        return std::unexpected(std::move(value.error()));
    }
    if (!value->has_value()) {
        return std::nullopt;
    }
    auto record = decode(**value);
    if (!record) {
        return std::unexpected(std::move(record.error()));
    }
    return std::optional<Record>(std::move(*record));
}

template <class Source>
Result<std::optional<core::Upload>> load_upload(const Source& source, UploadId id) {
    return load<core::Upload>(source, Table::uploads, id_key(id),
                              [id](std::string_view record) { return decode_upload(id, record); });
}

template <class Source>
Result<std::optional<core::Part>> load_part(const Source& source, UploadId id, PartNumber number) {
    return load<core::Part>(
        source, Table::parts, part_key(id, number),
        [id, number](std::string_view record) { return decode_part(id, number, record); });
}

template <class Source>
Result<std::optional<core::File>> load_file(const Source& source, UploadId id) {
    return load<core::File>(source, Table::files, id_key(id),
                            [id](std::string_view record) { return decode_file(id, record); });
}

}  // namespace slipway::adapters::rocksdb
