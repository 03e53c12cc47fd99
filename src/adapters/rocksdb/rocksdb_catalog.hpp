// RocksDbCatalog: the embedded catalog (ports/catalog.hpp) in one directory. Changes go through one
// group-commit writer; point reads run on the caller's loop, because they mostly hit memory; scans
// run in the blocking pool. It writes no file outside its directory and knows nothing of the bytes
// of parts.
#pragma once

#include <filesystem>
#include <memory>

#include "adapters/rocksdb/group_writer.hpp"
#include "ports/catalog.hpp"
#include "ports/clock.hpp"
#include "runtime/blocking_pool.hpp"

namespace rocksdb {
class Env;
}

namespace slipway::adapters::rocksdb {

struct RocksDbCatalogOptions {
    // Where `on_fatal` is empty, a failed commit is logged and ends the process with status 70
    // (EX_SOFTWARE).
    GroupWriterOptions writer = {};
    // The system's when null; outlives the catalog. Tests inject faults with it.
    ::rocksdb::Env* env = nullptr;
};

class RocksDbCatalog final : public ports::Catalog {
 public:
    // Opens or creates the catalog; blocks while the log is replayed. The parent directory exists.
    // The pool, the clock and the callers' loops outlive the catalog. The directory is free again
    // when the catalog is gone and every call is answered.
    // conflict: it is open elsewhere.
    // unsupported: another format version, or not a catalog.
    // corrupted: damaged.
    static Result<std::unique_ptr<RocksDbCatalog>> open(const std::filesystem::path& directory,
                                                        runtime::BlockingPool& pool,
                                                        const ports::Clock& clock,
                                                        RocksDbCatalogOptions options = {});
    RocksDbCatalog(std::shared_ptr<Database> database, runtime::BlockingPool& pool,
                   const ports::Clock& clock, GroupWriterOptions options);

    // Refuses new calls with Errc::unavailable, commits what waits, answers it, joins. Idempotent,
    // thread-safe.
    void stop() { writer_.stop(); }
    // Changes that wait or are being written.
    std::size_t queue_depth() const { return writer_.queue_depth(); }

    Task<Result<>> create_upload(core::Upload upload) override;
    Task<Result<core::Upload>> find_upload(UploadId id) override;
    Task<Result<ports::Page<core::Upload>>> list_open_uploads(std::string owner,
                                                              ports::PageRequest page) override;
    Task<Result<ports::Page<core::Upload>>> list_uploads(core::UploadState state,
                                                         ports::PageRequest page) override;
    Task<Result<ports::PutPartOutcome>> put_part(UploadId id, core::Epoch epoch,
                                                 core::Part part) override;
    Task<Result<std::vector<core::Part>>> list_parts(UploadId id) override;
    Task<Result<core::Part>> find_part(UploadId id, PartNumber number) override;
    Task<Result<>> advance_upload(core::Epoch expected, core::Upload next) override;
    Task<Result<>> complete_upload(core::Epoch expected, core::Upload next,
                                   core::File file) override;
    Task<Result<>> forget_upload(UploadId id) override;
    Task<Result<core::File>> find_file(UploadId id) override;
    Task<Result<ports::Page<core::File>>> list_files(std::string owner,
                                                     ports::PageRequest page) override;
    Task<Result<>> remove_file(UploadId id) override;

 private:
    // Shared with scans that the pool still runs when the catalog is gone.
    std::shared_ptr<Database> database_;
    runtime::BlockingPool& pool_;
    GroupWriter writer_;
};

}  // namespace slipway::adapters::rocksdb
