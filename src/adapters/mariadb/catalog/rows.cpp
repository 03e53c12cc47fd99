#include "adapters/mariadb/catalog/rows.hpp"

#include <algorithm>
#include <utility>

#include "adapters/mariadb/client/literal.hpp"
#include "records/keys.hpp"
#include "records/records.hpp"

namespace slipway::adapters::mariadb {
namespace {

// How many rows one statement adds: a few hundred kilobytes, far below any max_allowed_packet.
constexpr std::size_t kRowsOfStatement = 512;

Result<> done(Result<Rows> result) {
    return result ? Result<>() : std::unexpected(std::move(result.error()));
}

Result<> changed_one(Result<Rows> result) {
    if (!result) {
        return std::unexpected(std::move(result.error()));
    }
    return result->affected == 1
               ? Result<>()
               : failure(Errc::internal, "a row that is locked is not what was read");
}

std::unexpected<Error> named(const std::string& what, const Error& error) {
    return failure(error.code, what + ": " + error.detail);
}

std::unexpected<Error> no_id() {
    return failure(Errc::corrupted, "a row has no id");
}

std::optional<std::int64_t> expiry_of(const core::File& file) {
    return file.expires_at ? std::optional(unix_millis(*file.expires_at)) : std::nullopt;
}

std::optional<std::string> key_of(const core::Upload& upload) {
    return upload.idempotency ? std::optional(upload.idempotency->key) : std::nullopt;
}

template <class Record, class Decode>
Result<std::vector<Record>> records_of(const Rows& rows, Decode decode) {
    std::vector<Record> records;
    records.reserve(rows.rows.size());
    for (const Row& row : rows.rows) {
        const auto id = id_of(row.bytes(0));
        if (!id) {
            return no_id();
        }
        auto record = decode(*id, row.bytes(1));
        if (!record) {
            return named(id->to_string(), record.error());
        }
        records.push_back(std::move(*record));
    }
    return records;
}

// In statements of a bounded number of rows; `end_of_statement` is a literal.
Task<Result<>> add_parts(Session& session, std::vector<PlacedPart> parts,
                         std::string_view end_of_statement) {
    for (std::size_t at = 0; at < parts.size(); at += kRowsOfStatement) {
        std::string statement = "INSERT INTO parts (upload,number,record) VALUES ";
        const std::size_t end = std::min(parts.size(), at + kRowsOfStatement);
        for (std::size_t i = at; i < end; ++i) {
            statement.append(i == at ? "(" : ",(");
            append_literal(statement, bytes_of(parts[i].upload));
            statement.push_back(',');
            append_literal(statement, std::uint64_t{parts[i].number.value()});
            statement.push_back(',');
            append_literal(statement, parts[i].record);
            statement.push_back(')');
        }
        statement.append(end_of_statement);
        if (auto inserted = done(co_await session.run(std::move(statement))); !inserted) {
            co_return inserted;
        }
    }
    co_return Result<>();
}

}  // namespace

std::string_view clause(Lock lock) {
    switch (lock) {
        case Lock::none:
            return "";
        case Lock::shared:
            return " LOCK IN SHARE MODE";
        case Lock::exclusive:
            return " FOR UPDATE";
    }
    return "";
}

std::string bytes_of(UploadId id) {
    return records::id_key(id);
}

std::optional<UploadId> id_of(std::string_view bytes) {
    if (bytes.size() != UploadId::kSize) {
        return std::nullopt;
    }
    UploadId::Bytes out;
    std::ranges::transform(bytes, out.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    return UploadId(out);
}

bool is_unfinished(core::UploadState state) {
    return state == core::UploadState::open || state == core::UploadState::completing;
}

Task<Result<std::optional<UploadRow>>> load_upload(Session& session, UploadId id, Lock lock) {
    auto found = co_await session.execute(
        "SELECT record,counted_bytes,loan FROM uploads WHERE id=?" + std::string(clause(lock)),
        bytes_of(id));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    if (found->rows.empty()) {
        co_return std::nullopt;
    }
    const Row& row = found->rows.front();
    auto upload = records::decode_upload(id, row.bytes(0));
    if (!upload) {
        co_return std::unexpected(std::move(upload.error()));
    }
    UploadRow loaded{std::move(*upload), row.number(1)};
    if (!row.is_null(2)) {
        loaded.loan = row.bytes(2);
    }
    co_return loaded;
}

Task<Result<std::optional<core::Part>>> load_part(Session& session, UploadId id, PartNumber number,
                                                  Lock lock) {
    auto found = co_await session.execute(
        "SELECT record FROM parts WHERE upload=? AND number=?" + std::string(clause(lock)),
        bytes_of(id), number.value());
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    if (found->rows.empty()) {
        co_return std::nullopt;
    }
    auto part = records::decode_part(id, number, found->rows.front().bytes(0));
    if (!part) {
        co_return std::unexpected(std::move(part.error()));
    }
    co_return std::move(*part);
}

Task<Result<std::optional<core::File>>> load_file(Session& session, UploadId id, Lock lock) {
    auto found = co_await session.execute(
        "SELECT record FROM files WHERE id=?" + std::string(clause(lock)), bytes_of(id));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    if (found->rows.empty()) {
        co_return std::nullopt;
    }
    auto file = records::decode_file(id, found->rows.front().bytes(0));
    if (!file) {
        co_return std::unexpected(std::move(file.error()));
    }
    co_return std::move(*file);
}

Task<Result<bool>> is_taken(Session& session, UploadId id) {
    auto found = co_await session.execute(
        "SELECT id FROM uploads WHERE id=? UNION ALL SELECT id FROM files WHERE id=?", bytes_of(id),
        bytes_of(id));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    co_return !found->rows.empty();
}

Task<Result<>> insert_upload(Session& session, core::Upload upload) {
    co_return done(co_await session.execute(
        "INSERT INTO uploads (id,owner,state,unfinished,epoch,idempotency_key,record)"
        " VALUES (?,?,?,?,?,?,?)",
        bytes_of(upload.id), upload.owner, static_cast<std::uint8_t>(upload.state),
        is_unfinished(upload.state), upload.epoch, key_of(upload), records::encode_upload(upload)));
}

Task<Result<>> update_upload(Session& session, core::Epoch before, UploadRow row) {
    const core::Upload& upload = row.upload;
    co_return changed_one(co_await session.execute(
        "UPDATE uploads SET owner=?,state=?,unfinished=?,epoch=?,idempotency_key=?,"
        "counted_bytes=?,record=? WHERE id=? AND epoch=?",
        upload.owner, static_cast<std::uint8_t>(upload.state), is_unfinished(upload.state),
        upload.epoch, key_of(upload), row.counted_bytes, records::encode_upload(upload),
        bytes_of(upload.id), before));
}

Task<Result<>> write_record(Session& session, core::Upload upload) {
    co_return done(co_await session.execute("UPDATE uploads SET record=? WHERE id=?",
                                            records::encode_upload(upload), bytes_of(upload.id)));
}

Task<Result<>> write_counted_bytes(Session& session, UploadId id, std::uint64_t bytes) {
    co_return done(co_await session.execute("UPDATE uploads SET counted_bytes=? WHERE id=?", bytes,
                                            bytes_of(id)));
}

Task<Result<>> erase_upload(Session& session, UploadId id) {
    co_return done(co_await session.execute("DELETE FROM uploads WHERE id=?", bytes_of(id)));
}

PlacedPart::PlacedPart(UploadId id, const core::Part& part)
    : upload(id), number(part.number), record(records::encode_part(id, part)) {}

Task<Result<>> insert_parts(Session& session, std::vector<PlacedPart> parts) {
    return add_parts(session, std::move(parts), "");
}

Task<Result<>> replace_parts(Session& session, std::vector<PlacedPart> parts) {
    return add_parts(session, std::move(parts), " ON DUPLICATE KEY UPDATE record=VALUES(record)");
}

Task<Result<>> erase_parts(Session& session, UploadId id) {
    co_return done(co_await session.execute("DELETE FROM parts WHERE upload=?", bytes_of(id)));
}

Task<Result<>> insert_file(Session& session, core::File file) {
    co_return done(co_await session.execute(
        "INSERT INTO files (id,owner,expires_at,record) VALUES (?,?,?,?)", bytes_of(file.id),
        file.owner, expiry_of(file), records::encode_file(file)));
}

Task<Result<>> update_file(Session& session, core::File file) {
    co_return done(co_await session.execute(
        "UPDATE files SET owner=?,expires_at=?,record=? WHERE id=?", file.owner, expiry_of(file),
        records::encode_file(file), bytes_of(file.id)));
}

Task<Result<>> erase_file(Session& session, UploadId id) {
    co_return done(co_await session.execute("DELETE FROM files WHERE id=?", bytes_of(id)));
}

Result<std::vector<core::Upload>> uploads_of(const Rows& rows) {
    return records_of<core::Upload>(rows, records::decode_upload);
}

Result<std::vector<core::File>> files_of(const Rows& rows) {
    return records_of<core::File>(rows, records::decode_file);
}

Result<std::vector<core::Part>> parts_of(UploadId id, const Rows& rows) {
    std::vector<core::Part> parts;
    parts.reserve(rows.rows.size());
    for (const Row& row : rows.rows) {
        const PartNumber number(static_cast<std::uint32_t>(row.number(0)));
        auto part = records::decode_part(id, number, row.bytes(1));
        if (!part) {
            return named(id.to_string() + " part " + std::to_string(number.value()), part.error());
        }
        parts.push_back(std::move(*part));
    }
    return parts;
}

}  // namespace slipway::adapters::mariadb
