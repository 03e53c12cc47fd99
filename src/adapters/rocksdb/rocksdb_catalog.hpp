// RocksDbCatalog: the embedded catalog (ports/catalog.hpp) in one directory. Changes go through one
// group-commit writer; point reads run on the caller's loop, because they mostly hit memory; scans
// run in the blocking pool. It writes no file outside its directory and knows nothing of the bytes
// of parts.
#pragma once

#include <filesystem>
#include <memory>
#include <utility>

#include "adapters/rocksdb/embedded_database.hpp"
#include "ports/catalog.hpp"

namespace slipway::adapters::rocksdb {

class RocksDbCatalog final : public ports::Catalog {
 public:
    // With a database of its own, as EmbeddedDatabase::open.
    static Result<std::unique_ptr<RocksDbCatalog>> open(const std::filesystem::path& directory,
                                                        runtime::BlockingPool& pool,
                                                        const ports::Clock& clock,
                                                        EmbeddedDatabaseOptions options = {});
    explicit RocksDbCatalog(std::shared_ptr<EmbeddedDatabase> database)
        : database_(std::move(database)) {}

    // Of the database.
    void stop() { database_->stop(); }
    std::size_t queue_depth() const { return database_->queue_depth(); }

    using ports::Catalog::create_upload;
    Task<Result<ports::CreateUploadOutcome>> create_upload(
        core::Upload upload, core::Quota standard, std::optional<core::Event> event = {}) override;
    Task<Result<ports::CreateUploadOutcome>> preview_upload(core::Upload upload,
                                                            core::Quota standard) override;
    Task<Result<core::Upload>> find_upload(UploadId id) override;
    Task<Result<ports::Page<core::Upload>>> list_open_uploads(std::string owner,
                                                              ports::PageRequest page) override;
    Task<Result<ports::Page<core::Upload>>> list_uploads(core::UploadState state,
                                                         ports::PageRequest page) override;
    using ports::Catalog::put_part;
    Task<Result<ports::PutPartOutcome>> put_part(UploadId id, core::Epoch epoch, core::Part part,
                                                 core::Quota standard,
                                                 std::optional<core::Event> event = {}) override;
    Task<Result<>> replace_parts(UploadId id, core::Epoch epoch,
                                 std::vector<core::Part> parts) override;
    Task<Result<std::vector<core::Part>>> list_parts(UploadId id) override;
    Task<Result<core::Part>> find_part(UploadId id, PartNumber number) override;
    Task<Result<>> add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                              std::vector<core::PartCopy> copies) override;
    Task<Result<>> add_blob(UploadId id, core::Epoch epoch, std::size_t seen,
                            core::StagedCopy blob) override;
    Task<Result<>> advance_upload(core::Epoch expected, core::Upload next,
                                  std::optional<core::Event> event = {}) override;
    Task<Result<>> complete_upload(core::Epoch expected, core::Upload next, core::File file,
                                   std::optional<core::Event> event = {}) override;
    Task<Result<>> forget_upload(UploadId id) override;
    Task<Result<core::File>> find_file(UploadId id) override;
    Task<Result<ports::Page<core::File>>> list_files(std::string owner,
                                                     ports::PageRequest page) override;
    Task<Result<ports::Page<core::File>>> list_all_files(ports::PageRequest page) override;
    Task<Result<>> mark_damaged(UploadId id, WallTime when) override;
    Task<Result<>> set_file_places(UploadId id, core::FilePlaces expected, core::FilePlaces next,
                                   std::optional<core::Event> event = {}) override;
    Task<Result<>> remove_file(UploadId id, std::optional<core::Event> event = {}) override;
    using ports::Catalog::list_events;
    Task<Result<std::vector<core::OutboxEntry>>> list_events(std::uint64_t after,
                                                             std::size_t limit) override;
    Task<Result<>> remove_events(std::uint64_t through) override;
    std::size_t events_waiting() const override { return database_->outbox().waiting(); }
    Task<Result<core::Usage>> find_usage(std::string owner) override;
    Task<Result<std::optional<core::Quota>>> find_quota(std::string owner) override;
    Task<Result<>> set_quota(std::string owner, std::optional<core::Quota> quota) override;
    Task<Result<ports::CreateFilesOutcome>> create_files(std::vector<ports::NewFile> files,
                                                         core::Quota standard = {}) override;
    Task<Result<core::File>> claim_file(UploadId id, core::FileClaim claim, WallTime now) override;
    Task<Result<std::vector<UploadId>>> list_expired_files(WallTime now,
                                                           std::size_t limit) override;
    Task<Result<>> remove_expired_file(UploadId id, WallTime now,
                                       std::optional<core::Event> event = {}) override;

 private:
    // Makes the change, and appends the event where it was made.
    template <class Change>
    Task<Result<>> write(Change change, std::optional<core::Event> event);

    std::shared_ptr<EmbeddedDatabase> database_;
};

}  // namespace slipway::adapters::rocksdb
