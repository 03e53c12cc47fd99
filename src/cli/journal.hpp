// Journal: what this machine remembers of uploads that have not ended, so that they can be resumed
// after any death. A SQLite database in WAL mode, shared by any number of processes. It is a help,
// not the truth: the server says which parts it has; the journal says to which upload a file
// belongs and with which digests it was read. Commits are not synced to disk: kill -9 loses nothing
// and power loss the last rows, and neither corrupts the file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "cli/sqlite.hpp"

namespace slipway::cli {

// What tells a file from another one, or from itself after a change.
struct SourceIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::int64_t ctime_ns = 0;
    friend bool operator==(const SourceIdentity&, const SourceIdentity&) = default;
};

struct JournalKey {
    std::string path;    // absolute; any bytes
    std::string server;  // its base URL
};

struct JournalUpload {
    std::int64_t row = 0;
    JournalKey key;
    SourceIdentity identity;
    std::string upload_id;
    std::uint64_t chunk_size = 0;
    std::uint32_t total_parts = 0;
};

struct JournalPart {
    std::uint32_t number = 0;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    Sha256 sha256;
};

// A file of a directory whose upload as a whole has not ended: it need not be sent again.
struct FinishedFile {
    JournalKey key;
    std::string root;  // the directory that was put
    SourceIdentity identity;
    std::string file_id;
};

// The right to upload a file to a server, against all other processes; it ends with its owner,
// however that ends.
class JournalLock final {
 public:
    JournalLock(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
    FileDescriptor descriptor_;
};

// Used on one thread at a time. Errors of all calls: storage_full, corrupted, forbidden, internal.
class Journal final {
 public:
    // Creates the database, and its directory (mode 0700), when absent.
    static Result<std::unique_ptr<Journal>> open(const std::string& path);

    // conflict: another process, or this one, holds it.
    Result<JournalLock> lock(const JournalKey& key) const;

    Result<std::optional<JournalUpload>> find(const JournalKey& key);
    // Records an upload in place of what was known of its key; its row.
    Result<std::int64_t> begin(const JournalUpload& upload);
    Result<> update_identity(std::int64_t row, const SourceIdentity& identity);
    Result<> add_part(std::int64_t row, const JournalPart& part);
    Result<std::vector<JournalPart>> parts(std::int64_t row);
    // The upload is complete: it is forgotten, and its file noted when it belongs to a directory
    // (has a root).
    Result<> finish(std::int64_t row, const FinishedFile& file);
    Result<> forget(std::int64_t row);
    Result<> forget_upload(const std::string& server, const std::string& upload_id);

    Result<std::optional<FinishedFile>> find_finished(const JournalKey& key,
                                                      const std::string& root);
    Result<> clear_finished(const std::string& server, const std::string& root);

 private:
    Journal(SqliteDatabase database, std::string lock_path);
    Result<> create_tables();
    // A statement kept for the next time.
    Result<SqliteStatement*> statement(const char* sql);
    template <class... Values>
    Result<> run(const char* sql, const Values&... values);
    // All that `work`, a Result<>, writes in one commit, or nothing.
    template <class Work>
    Result<> in_transaction(Work work);
    Result<> insert(const JournalUpload& upload);
    Result<> add_finished(const FinishedFile& file);

    SqliteDatabase database_;
    const std::string lock_path_;
    std::vector<std::pair<const char*, std::unique_ptr<SqliteStatement>>> statements_;
};

}  // namespace slipway::cli
