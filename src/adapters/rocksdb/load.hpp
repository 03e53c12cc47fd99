// Typed reads over anything with `get(table, key)`: a database, a snapshot, a transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/rocksdb/keys.hpp"
#include "adapters/rocksdb/record_form.hpp"
#include "adapters/rocksdb/tasks/task_keys.hpp"
#include "base/result.hpp"
#include "core/queued_task.hpp"
#include "core/upload.hpp"

namespace slipway::adapters::rocksdb {

// not_found where there is no record.
template <class Record>
Result<Record> present(Result<std::optional<Record>> found, std::string_view what) {
    if (!found) {
        return std::unexpected(std::move(found.error()));
    }
    if (!found->has_value()) {
        return failure(Errc::not_found, "no such " + std::string(what));
    }
    return std::move(**found);
}

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

template <class Source>
Result<std::optional<core::QueuedTask>> load_task(const Source& source, TaskId id) {
    return load<core::QueuedTask>(
        source, Table::tasks, task_key(id),
        [id](std::string_view record) { return decode_task(id, record); });
}

// The task that the key leads to. Nothing when there is none, or it is forgotten.
template <class Source>
Result<std::optional<core::QueuedTask>> load_task_by_key(const Source& source,
                                                         std::string_view dedupe_key) {
    const auto bytes = source.get(Table::tasks_by_key, dedupe_key_of(dedupe_key));
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    if (!*bytes) {
        return std::nullopt;
    }
    const auto id = parse_task_id(**bytes);
    auto task = id ? load_task(source, *id) : std::nullopt;
    if (!id || (task && *task && (*task)->dedupe_key != dedupe_key)) {
        return failure(Errc::corrupted, "a dedupe key does not lead to its task");
    }
    return task;
}

}  // namespace slipway::adapters::rocksdb
