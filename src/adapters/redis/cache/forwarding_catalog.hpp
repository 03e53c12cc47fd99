// ForwardingCatalog: a catalog that hands every call to another. Whoever stands in front of a
// catalog derives from it and says what it does otherwise.
#pragma once

#include <memory>
#include <utility>

#include "ports/catalog.hpp"

namespace slipway::adapters::redis {

class ForwardingCatalog : public ports::Catalog {
 public:
    explicit ForwardingCatalog(std::shared_ptr<ports::Catalog> inner) : inner_(std::move(inner)) {}

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

 protected:
    const std::shared_ptr<ports::Catalog> inner_;
};

}  // namespace slipway::adapters::redis
