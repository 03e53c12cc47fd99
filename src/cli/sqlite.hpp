// The little of SQLite that the journal needs: a connection and prepared statements, with errors as
// Results.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace slipway::cli {

// A prepared statement; used on the thread of its connection.
class SqliteStatement final {
 public:
    explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

    // Parameters are bound in order, from the first after construction or run().
    SqliteStatement& bind(std::int64_t value);
    SqliteStatement& bind(std::string_view text);
    SqliteStatement& bind(std::span<const std::byte> bytes);

    // True while there is a row.
    Result<bool> step();
    // To its end, for statements without rows.
    Result<> run();

    std::int64_t integer(int column) const {
        return sqlite3_column_int64(statement_.get(), column);
    }
    std::string text(int column) const;

 private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int bound_ = 0;
};

class SqliteDatabase final {
 public:
    // Creates the file when it is absent.
    static Result<SqliteDatabase> open(const std::string& path);

    Result<SqliteStatement> prepare(std::string_view sql);
    // One or more statements without rows or parameters.
    Result<> execute(const std::string& sql);
    std::int64_t last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }

 private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close(handle); }
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace slipway::cli
