// MemoryCatalog: the catalog's contract (ports/catalog.hpp) in plain containers, for tests and as
// the plainest statement of what the calls mean. Nothing is durable; nothing is ever unavailable.
#pragma once

#include <map>
#include <mutex>

#include "ports/catalog.hpp"

namespace slipway::adapters::memory {

class MemoryCatalog final : public ports::Catalog {
 public:
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
    std::size_t events_waiting() const override;
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
    // With the lock held: what create_upload answers.
    Result<ports::CreateUploadOutcome> judge(const core::Upload& upload,
                                             const core::Quota& standard) const;
    // The same: what create_files answers.
    Result<ports::CreateFilesOutcome> judge(const std::vector<ports::NewFile>& files,
                                            const core::Quota& standard) const;
    std::optional<core::QuotaExcess> find_excess(const std::string& owner,
                                                 const core::Quota& standard,
                                                 const core::Usage& added) const;
    // The same: counted anew each time, as the plainest statement of what usage is.
    core::Usage usage_of(const std::string& owner) const;
    core::Usage usage_of(const core::Upload& upload) const;
    // With the lock held: whether `next` may replace what is stored.
    Result<> check_replaceable(core::Epoch expected, const core::Upload& next) const;
    // With the lock held.
    bool is_taken(UploadId id) const { return files_.contains(id) || uploads_.contains(id); }
    // But for its blobs.
    void replace(core::Upload next);
    void erase_file(UploadId id);

    // With the lock held, and the change made.
    void append(std::optional<core::Event> event);

    mutable std::mutex mutex_;
    std::map<UploadId, core::Upload> uploads_;
    std::map<UploadId, std::map<PartNumber, core::Part>> parts_;
    std::map<UploadId, core::File> files_;
    std::map<std::uint64_t, core::Event> outbox_;
    std::uint64_t last_position_ = 0;
    std::map<std::string, core::Quota> quotas_;
};

}  // namespace slipway::adapters::memory
