#include "cli/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "hash/digester.hpp"

namespace slipway::cli {

namespace {

constexpr const char* kSchema = R"sql(
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS uploads (
        id INTEGER PRIMARY KEY, path BLOB NOT NULL, server TEXT NOT NULL,
        device INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
        upload_id TEXT NOT NULL, chunk_size INTEGER NOT NULL, total_parts INTEGER NOT NULL,
        created_at INTEGER NOT NULL, UNIQUE (path, server));
    CREATE TABLE IF NOT EXISTS parts (
        upload INTEGER NOT NULL, part_number INTEGER NOT NULL, offset INTEGER NOT NULL,
        length INTEGER NOT NULL, sha256 BLOB NOT NULL, time INTEGER NOT NULL,
        PRIMARY KEY (upload, part_number)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS finished (
        path BLOB NOT NULL, server TEXT NOT NULL, root BLOB NOT NULL,
        device INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
        file_id TEXT NOT NULL, time INTEGER NOT NULL,
        PRIMARY KEY (path, server, root)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS finished_by_root ON finished (server, root);
    PRAGMA user_version = 1;
    COMMIT;
)sql";

constexpr std::int64_t kSchemaVersion = 1;

std::int64_t now_millis() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::int64_t as_integer(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}
std::uint64_t as_count(std::int64_t value) {
    return static_cast<std::uint64_t>(value);
}

// Five columns from `first` on.
SourceIdentity read_identity(const SqliteStatement& row, int first) {
    return {as_count(row.integer(first)), as_count(row.integer(first + 1)),
            as_count(row.integer(first + 2)), row.integer(first + 3), row.integer(first + 4)};
}

Result<> open_directory_of(const std::string& path) {
    const auto directory = std::filesystem::path(path).parent_path();
    std::error_code error;
    if (directory.empty() || std::filesystem::is_directory(directory, error)) {
        return {};
    }
    std::filesystem::create_directories(directory, error);
    if (error) {
        return std::unexpected(errno_error("create " + directory.string(), error.value()));
    }
    // Names of private files are written there.
    ::chmod(directory.c_str(), 0700);
    return {};
}

// A byte of the lock file that stands for the key: two keys share one with a probability of 2^-62.
off_t lock_offset(const JournalKey& key) {
    const auto text = key.path + '\0' + key.server;
    const auto digest = hash::sha256(std::as_bytes(std::span(text.data(), text.size())));
    std::uint64_t value = 0;
    std::memcpy(&value, digest.bytes.data(), sizeof value);
    return static_cast<off_t>(value >> 2U);
}

// Beyond every lock_offset(): held while a journal is opened. SQLite does not wait for others when
// it turns to WAL mode.
constexpr off_t kOpeningOffset = off_t{1} << 62;

enum class Patience { none, wait };

// The lock of one byte, for as long as the descriptor is open.
Result<FileDescriptor> lock_byte(const std::string& path, off_t offset, Patience patience) {
    FileDescriptor descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!descriptor) {
        return std::unexpected(errno_error("open " + path, errno));
    }
    struct flock range{};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = offset;
    range.l_len = 1;
    const int operation = patience == Patience::wait ? F_OFD_SETLKW : F_OFD_SETLK;
    while (::fcntl(descriptor.get(), operation, &range) != 0) {
        if (errno == EINTR) {
            continue;
        }
        if (errno == EAGAIN || errno == EACCES) {
            return failure(Errc::conflict, "another slipway is uploading this file");
        }
        return std::unexpected(errno_error("lock " + path, errno));
    }
    return descriptor;
}

}  // namespace

Journal::Journal(SqliteDatabase database, std::string lock_path)
    : database_(std::move(database)), lock_path_(std::move(lock_path)) {}

Result<std::unique_ptr<Journal>> Journal::open(const std::string& path) {
    if (auto ready = open_directory_of(path); !ready) {
        return std::unexpected(ready.error());
    }
    const auto lock_path = path + ".lock";
    const auto opening = lock_byte(lock_path, kOpeningOffset, Patience::wait);
    if (!opening) {
        return std::unexpected(opening.error());
    }
    auto database = SqliteDatabase::open(path);
    if (!database) {
        return std::unexpected(database.error());
    }
    std::unique_ptr<Journal> journal(new Journal(*std::move(database), lock_path));
    if (auto created = journal->create_tables(); !created) {
        created.error().detail += " (" + path + ")";
        return std::unexpected(created.error());
    }
    return journal;
}

Result<> Journal::create_tables() {
    auto version = database_.prepare("PRAGMA user_version");
    const auto row = version ? version->step() : std::unexpected(version.error());
    if (!row) {
        return std::unexpected(row.error());
    }
    const auto found = version->integer(0);
    version = failure(Errc::internal, {});
    if (found > kSchemaVersion) {
        return failure(Errc::unsupported, "journal: it was written by a newer slipway");
    }
    if (auto set = database_.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"); !set) {
        return set;
    }
    return found == kSchemaVersion ? Result<>{} : database_.execute(kSchema);
}

Result<SqliteStatement*> Journal::statement(const char* sql) {
    for (const auto& [text, prepared] : statements_) {
        if (text == sql) {
            return prepared.get();
        }
    }
    auto prepared = database_.prepare(sql);
    if (!prepared) {
        return std::unexpected(prepared.error());
    }
    statements_.emplace_back(sql, std::make_unique<SqliteStatement>(*std::move(prepared)));
    return statements_.back().second.get();
}

template <class... Values>
Result<> Journal::run(const char* sql, const Values&... values) {
    const auto prepared = statement(sql);
    if (!prepared) {
        return std::unexpected(prepared.error());
    }
    ((*prepared)->bind(values), ...);
    return (*prepared)->run();
}

Result<JournalLock> Journal::lock(const JournalKey& key) const {
    auto descriptor = lock_byte(lock_path_, lock_offset(key), Patience::none);
    if (!descriptor) {
        return std::unexpected(std::move(descriptor.error()));
    }
    return JournalLock(*std::move(descriptor));
}

Result<std::optional<JournalUpload>> Journal::find(const JournalKey& key) {
    auto row = database_.prepare(
        "SELECT id, device, inode, size, mtime_ns, ctime_ns, upload_id, chunk_size, total_parts "
        "FROM uploads WHERE path = CAST(? AS BLOB) AND server = ?");
    if (!row) {
        return std::unexpected(row.error());
    }
    const auto found = row->bind(key.path).bind(key.server).step();
    if (!found) {
        return std::unexpected(found.error());
    }
    if (!*found) {
        return std::optional<JournalUpload>();
    }
    return JournalUpload{row->integer(0),           key,
                         read_identity(*row, 1),    row->text(6),
                         as_count(row->integer(7)), static_cast<std::uint32_t>(row->integer(8))};
}

template <class Work>
Result<> Journal::in_transaction(Work work) {
    if (auto begun = run("BEGIN IMMEDIATE"); !begun) {
        return begun;
    }
    auto done = work();
    if (done) {
        done = run("COMMIT");
    }
    if (!done) {
        // What failed matters; the rollback happens anyway when the connection goes.
        static_cast<void>(run("ROLLBACK"));
    }
    return done;
}

Result<std::int64_t> Journal::begin(const JournalUpload& upload) {
    const auto replace = [&]() -> Result<> {
        auto cleared =
            run("DELETE FROM parts WHERE upload IN (SELECT id FROM uploads "
                "WHERE path = CAST(? AS BLOB) AND server = ?)",
                upload.key.path, upload.key.server);
        return cleared ? insert(upload) : cleared;
    };
    const auto replaced = in_transaction(replace);
    if (!replaced) {
        return std::unexpected(replaced.error());
    }
    return database_.last_row();
}

Result<> Journal::insert(const JournalUpload& upload) {
    const auto& identity = upload.identity;
    return run(
        "INSERT OR REPLACE INTO uploads (path, server, device, inode, size, mtime_ns, ctime_ns, "
        "upload_id, chunk_size, total_parts, created_at) "
        "VALUES (CAST(? AS BLOB), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        upload.key.path, upload.key.server, as_integer(identity.device), as_integer(identity.inode),
        as_integer(identity.size), identity.mtime_ns, identity.ctime_ns, upload.upload_id,
        as_integer(upload.chunk_size), std::int64_t{upload.total_parts}, now_millis());
}

Result<> Journal::update_identity(std::int64_t row, const SourceIdentity& identity) {
    return run(
        "UPDATE uploads SET device = ?, inode = ?, size = ?, mtime_ns = ?, ctime_ns = ? "
        "WHERE id = ?",
        as_integer(identity.device), as_integer(identity.inode), as_integer(identity.size),
        identity.mtime_ns, identity.ctime_ns, row);
}

Result<> Journal::add_part(std::int64_t row, const JournalPart& part) {
    return run("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?)", row,
               std::int64_t{part.number}, as_integer(part.offset), as_integer(part.length),
               part.sha256.view(), now_millis());
}

Result<std::vector<JournalPart>> Journal::parts(std::int64_t row) {
    auto rows = database_.prepare(
        "SELECT part_number, offset, length, sha256 FROM parts WHERE upload = ? ORDER BY 1");
    if (!rows) {
        return std::unexpected(rows.error());
    }
    rows->bind(row);
    std::vector<JournalPart> parts;
    while (true) {
        const auto more = rows->step();
        if (!more) {
            return std::unexpected(more.error());
        }
        if (!*more) {
            return parts;
        }
        JournalPart part{static_cast<std::uint32_t>(rows->integer(0)),
                         as_count(rows->integer(1)),
                         as_count(rows->integer(2)),
                         {}};
        const auto digest = rows->text(3);
        if (digest.size() == part.sha256.bytes.size()) {
            std::memcpy(part.sha256.bytes.data(), digest.data(), digest.size());
            parts.push_back(part);
        }
    }
}

Result<> Journal::finish(std::int64_t row, const FinishedFile& file) {
    return in_transaction([&]() -> Result<> {
        auto noted = file.root.empty() ? Result<>() : add_finished(file);
        return noted ? forget(row) : noted;
    });
}

Result<> Journal::forget(std::int64_t row) {
    if (auto cleared = run("DELETE FROM parts WHERE upload = ?", row); !cleared) {
        return cleared;
    }
    return run("DELETE FROM uploads WHERE id = ?", row);
}

Result<> Journal::forget_upload(const std::string& server, const std::string& upload_id) {
    if (auto cleared = run("DELETE FROM parts WHERE upload IN (SELECT id FROM uploads "
                           "WHERE server = ? AND upload_id = ?)",
                           server, upload_id);
        !cleared) {
        return cleared;
    }
    return run("DELETE FROM uploads WHERE server = ? AND upload_id = ?", server, upload_id);
}

Result<std::optional<FinishedFile>> Journal::find_finished(const JournalKey& key,
                                                           const std::string& root) {
    auto row = database_.prepare(
        "SELECT device, inode, size, mtime_ns, ctime_ns, file_id FROM finished "
        "WHERE path = CAST(? AS BLOB) AND server = ? AND root = CAST(? AS BLOB)");
    if (!row) {
        return std::unexpected(row.error());
    }
    const auto found = row->bind(key.path).bind(key.server).bind(root).step();
    if (!found) {
        return std::unexpected(found.error());
    }
    if (!*found) {
        return std::optional<FinishedFile>();
    }
    return FinishedFile{key, root, read_identity(*row, 0), row->text(5)};
}

Result<> Journal::add_finished(const FinishedFile& file) {
    const auto& identity = file.identity;
    return run(
        "INSERT OR REPLACE INTO finished VALUES (CAST(? AS BLOB), ?, CAST(? AS BLOB), "
        "?, ?, ?, ?, ?, ?, ?)",
        file.key.path, file.key.server, file.root, as_integer(identity.device),
        as_integer(identity.inode), as_integer(identity.size), identity.mtime_ns, identity.ctime_ns,
        file.file_id, now_millis());
}

Result<> Journal::clear_finished(const std::string& server, const std::string& root) {
    return run("DELETE FROM finished WHERE server = ? AND root = CAST(? AS BLOB)", server, root);
}

}  // namespace slipway::cli
