#include "cli/sqlite.hpp"

namespace slipway::cli {

namespace {

// Long enough for another process's transaction, short enough to say that something is wrong.
constexpr int kBusyTimeoutMillis = 10'000;

Error sqlite_error(sqlite3* handle, int code) {
    const int primary = code & 0xff;
    Errc errc = Errc::internal;
    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
        errc = Errc::corrupted;
    } else if (primary == SQLITE_FULL) {
        errc = Errc::storage_full;
    } else if (primary == SQLITE_READONLY || primary == SQLITE_PERM || primary == SQLITE_CANTOPEN) {
        errc = Errc::forbidden;
    }
    const char* message = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    return Error{errc, std::string("journal: ") + message};
}

}  // namespace

SqliteStatement& SqliteStatement::bind(std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), ++bound_, value);
    return *this;
}

SqliteStatement& SqliteStatement::bind(std::string_view text) {
    sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
    return *this;
}

SqliteStatement& SqliteStatement::bind(std::span<const std::byte> bytes) {
    sqlite3_bind_blob64(statement_.get(), ++bound_, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
    return *this;
}

Result<bool> SqliteStatement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    return std::unexpected(sqlite_error(sqlite3_db_handle(statement_.get()), code));
}

Result<> SqliteStatement::run() {
    const auto stepped = step();
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    bound_ = 0;
    if (!stepped) {
        return std::unexpected(stepped.error());
    }
    return {};
}

std::string SqliteStatement::text(int column) const {
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    const void* data = sqlite3_column_blob(statement_.get(), column);
    return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

Result<SqliteDatabase> SqliteDatabase::open(const std::string& path) {
    SqliteDatabase database;
    sqlite3* handle = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    database.handle_.reset(handle);
    if (code != SQLITE_OK) {
        auto error = sqlite_error(handle, code);
        error.detail += ": " + path;
        return std::unexpected(std::move(error));
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, kBusyTimeoutMillis);
    return database;
}

Result<SqliteStatement> SqliteDatabase::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()), 0,
                                        &statement, nullptr);
    if (code != SQLITE_OK) {
        return std::unexpected(sqlite_error(handle_.get(), code));
    }
    return SqliteStatement(statement);
}

Result<> SqliteDatabase::execute(const std::string& sql) {
    const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return std::unexpected(sqlite_error(handle_.get(), code));
    }
    return {};
}

}  // namespace slipway::cli
