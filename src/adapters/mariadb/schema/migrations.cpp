#include "adapters/mariadb/schema/migrations.hpp"

#include <string>

namespace slipway::adapters::mariadb {
namespace {

// Everything that is bytes is compared as bytes. A record holds everything; the columns beside it
// are what is asked for, sorted by, or counted (docs/decisions/0016-mariadb-catalog.md).
std::vector<Migration> make_migrations() {
    return {
        {1,
         {"CREATE TABLE IF NOT EXISTS uploads ("
          "id BINARY(16) NOT NULL PRIMARY KEY,"
          "owner VARBINARY(1024) NOT NULL,"
          "state TINYINT UNSIGNED NOT NULL,"
          "unfinished BOOLEAN NOT NULL,"
          "epoch INT UNSIGNED NOT NULL,"
          "idempotency_key VARBINARY(1024) NULL,"
          "counted_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0,"
          "record MEDIUMBLOB NOT NULL,"
          "KEY by_state (state, id),"
          "KEY by_owner (owner, unfinished, id),"
          "UNIQUE KEY by_idempotency_key (owner, idempotency_key)"
          ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "CREATE TABLE IF NOT EXISTS parts ("
          "upload BINARY(16) NOT NULL,"
          "number INT UNSIGNED NOT NULL,"
          "record MEDIUMBLOB NOT NULL,"
          "PRIMARY KEY (upload, number)"
          ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "CREATE TABLE IF NOT EXISTS files ("
          "id BINARY(16) NOT NULL PRIMARY KEY,"
          "owner VARBINARY(1024) NOT NULL,"
          "expires_at BIGINT NULL,"
          "record MEDIUMBLOB NOT NULL,"
          "KEY by_owner (owner, id),"
          "KEY by_expiry (expires_at, id)"
          ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "CREATE TABLE IF NOT EXISTS owners ("
          "owner VARBINARY(1024) NOT NULL PRIMARY KEY,"
          "bytes BIGINT UNSIGNED NOT NULL DEFAULT 0,"
          "files BIGINT UNSIGNED NOT NULL DEFAULT 0,"
          "open_uploads BIGINT UNSIGNED NOT NULL DEFAULT 0,"
          "has_quota BOOLEAN NOT NULL DEFAULT FALSE,"
          "quota_bytes BIGINT UNSIGNED NULL,"
          "quota_files BIGINT UNSIGNED NULL,"
          "quota_open_uploads BIGINT UNSIGNED NULL"
          ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "CREATE TABLE IF NOT EXISTS outbox ("
          "position BIGINT UNSIGNED NOT NULL PRIMARY KEY,"
          "record MEDIUMBLOB NOT NULL"
          ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "CREATE TABLE IF NOT EXISTS counters ("
          "name VARBINARY(32) NOT NULL PRIMARY KEY,"
          "value BIGINT UNSIGNED NOT NULL"
          ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "INSERT IGNORE INTO counters (name, value) VALUES ('outbox', 0)",

          "CREATE TABLE IF NOT EXISTS api_keys ("
          "id BINARY(16) NOT NULL PRIMARY KEY,"
          "record MEDIUMBLOB NOT NULL"
          ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "CREATE TABLE IF NOT EXISTS tasks ("
          "id BINARY(16) NOT NULL PRIMARY KEY,"
          "kind TINYINT UNSIGNED NOT NULL,"
          "priority TINYINT UNSIGNED NOT NULL,"
          "status TINYINT UNSIGNED NOT NULL,"
          "due_at BIGINT NULL,"
          "listed_at BIGINT NOT NULL,"
          "record MEDIUMBLOB NOT NULL,"
          "KEY by_due (kind, priority, due_at, id),"
          "KEY by_status (status, listed_at, id),"
          "KEY by_time (due_at)"
          ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "CREATE TABLE IF NOT EXISTS task_keys ("
          "dedupe_key VARBINARY(1024) NOT NULL PRIMARY KEY,"
          "task BINARY(16) NOT NULL,"
          "KEY by_task (task)"
          ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"}},
        // What several nodes agree on (docs/decisions/0022-several-servers.md).
        {2,
         {"CREATE TABLE IF NOT EXISTS signing_keys ("
          "number INT UNSIGNED NOT NULL PRIMARY KEY,"
          "created_at BIGINT NOT NULL,"
          "verifies_until BIGINT NULL"
          ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "CREATE TABLE IF NOT EXISTS words ("
          "name VARBINARY(32) NOT NULL PRIMARY KEY,"
          "value VARBINARY(1024) NOT NULL"
          ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "CREATE TABLE IF NOT EXISTS leases ("
          "name VARBINARY(32) NOT NULL PRIMARY KEY,"
          "owner VARBINARY(128) NOT NULL,"
          "token BIGINT UNSIGNED NOT NULL,"
          "ends_at DATETIME(6) NOT NULL"
          ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "CREATE TABLE IF NOT EXISTS part_claims ("
          "upload BINARY(16) NOT NULL,"
          "number INT UNSIGNED NOT NULL,"
          "owner VARBINARY(128) NOT NULL,"
          "ends_at DATETIME(6) NOT NULL,"
          "PRIMARY KEY (upload, number),"
          "KEY by_end (ends_at)"
          ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",

          "INSERT IGNORE INTO counters (name, value) VALUES ('api_keys', 0), ('signing_keys', 0)"}},
        // Parts that Redis acknowledges (docs/decisions/0023-ack-by-redis.md).
        {3,
         {"ALTER TABLE uploads ADD COLUMN IF NOT EXISTS loan VARBINARY(128) NULL,"
          " ADD COLUMN IF NOT EXISTS loan_ends_at DATETIME(6) NULL,"
          " ADD KEY IF NOT EXISTS by_loan_end (loan_ends_at)"}},
        // A claim on a part ends with its upload, and by no clock.
        {4, {"ALTER TABLE part_claims DROP COLUMN IF EXISTS ends_at"}},
    };
}

constexpr const char* kLock = "CONCAT('slipway.migrate.', LEFT(SHA1(DATABASE()), 16))";
// Each wait ends before the statement's deadline does; together they are a minute.
constexpr unsigned kLockSeconds = 5;
constexpr unsigned kLockWaits = 12;

Task<Result<std::uint32_t>> read_version(Session& session) {
    auto made = co_await session.run(
        "CREATE TABLE IF NOT EXISTS migrations (number INT UNSIGNED NOT NULL PRIMARY KEY, "
        "applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) ENGINE=InnoDB");
    if (!made) {
        co_return std::unexpected(std::move(made.error()));
    }
    auto found = co_await session.run("SELECT number FROM migrations ORDER BY number DESC LIMIT 1");
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    co_return found->rows.empty() ? 0 : static_cast<std::uint32_t>(found->rows.front().number(0));
}

Task<Result<>> apply(Session& session, const Migration& migration) {
    for (const std::string_view statement : migration.statements) {
        if (auto made = co_await session.run(std::string(statement)); !made) {
            co_return failure(made.error().code, "migration " + std::to_string(migration.number) +
                                                     ": " + made.error().detail);
        }
    }
    auto noted = co_await session.run("INSERT INTO migrations (number) VALUES (" +
                                      std::to_string(migration.number) + ")");
    co_return noted ? Result<>() : std::unexpected(std::move(noted.error()));
}

Task<Result<Migrated>> migrate_locked(Session& session) {
    const auto version = co_await read_version(session);
    if (!version) {
        co_return std::unexpected(version.error());
    }
    const std::uint32_t newest = migrations().back().number;
    if (*version > newest) {
        co_return failure(Errc::unsupported,
                          "the schema is of version " + std::to_string(*version) +
                              "; this slipway knows those up to " + std::to_string(newest));
    }
    for (const Migration& migration : migrations()) {
        if (migration.number > *version) {
            if (auto applied = co_await apply(session, migration); !applied) {
                co_return std::unexpected(std::move(applied.error()));
            }
        }
    }
    co_return Migrated{.from = *version, .to = newest};
}

}  // namespace

const std::vector<Migration>& migrations() {
    static const std::vector<Migration> all = make_migrations();
    return all;
}

Task<Result<Migrated>> migrate(Session& session) {
    const std::string lock =
        std::string("SELECT GET_LOCK(") + kLock + ", " + std::to_string(kLockSeconds) + ")";
    bool held = false;
    for (unsigned wait = 0; wait < kLockWaits && !held; ++wait) {
        auto locked = co_await session.run(lock);
        if (!locked) {
            co_return std::unexpected(std::move(locked.error()));
        }
        held = locked->rows.at(0).number(0) == 1;
    }
    if (!held) {
        co_return failure(Errc::unavailable, "another process is migrating the schema");
    }
    auto migrated = co_await migrate_locked(session);
    if (!session.is_lost()) {
        co_await session.run(std::string("SELECT RELEASE_LOCK(") + kLock + ")");
    }
    co_return migrated;
}

}  // namespace slipway::adapters::mariadb
