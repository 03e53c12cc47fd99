#include "adapters/redis/cache/forwarding_catalog.hpp"

namespace slipway::adapters::redis {

using ports::Page;
using ports::PageRequest;

Task<Result<core::Upload>> ForwardingCatalog::find_upload(UploadId id) {
    return inner_->find_upload(id);
}

Task<Result<std::vector<core::Part>>> ForwardingCatalog::list_parts(UploadId id) {
    return inner_->list_parts(id);
}

Task<Result<core::Part>> ForwardingCatalog::find_part(UploadId id, PartNumber number) {
    return inner_->find_part(id, number);
}

Task<Result<ports::PutPartOutcome>> ForwardingCatalog::put_part(UploadId id, core::Epoch epoch,
                                                                core::Part part,
                                                                core::Quota standard,
                                                                std::optional<core::Event> event) {
    return inner_->put_part(id, epoch, std::move(part), standard, std::move(event));
}

Task<Result<>> ForwardingCatalog::replace_parts(UploadId id, core::Epoch epoch,
                                                std::vector<core::Part> parts) {
    return inner_->replace_parts(id, epoch, std::move(parts));
}

Task<Result<>> ForwardingCatalog::add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                                             std::vector<core::PartCopy> copies) {
    return inner_->add_copies(id, epoch, number, std::move(copies));
}

Task<Result<>> ForwardingCatalog::add_blob(UploadId id, core::Epoch epoch, std::size_t seen,
                                           core::StagedCopy blob) {
    return inner_->add_blob(id, epoch, seen, std::move(blob));
}

Task<Result<>> ForwardingCatalog::advance_upload(core::Epoch expected, core::Upload next,
                                                 std::optional<core::Event> event) {
    return inner_->advance_upload(expected, std::move(next), std::move(event));
}

Task<Result<>> ForwardingCatalog::complete_upload(core::Epoch expected, core::Upload next,
                                                  core::File file,
                                                  std::optional<core::Event> event) {
    return inner_->complete_upload(expected, std::move(next), std::move(file), std::move(event));
}

Task<Result<>> ForwardingCatalog::forget_upload(UploadId id) {
    return inner_->forget_upload(id);
}

Task<Result<>> ForwardingCatalog::remove_file(UploadId id, std::optional<core::Event> event) {
    return inner_->remove_file(id, std::move(event));
}

Task<Result<>> ForwardingCatalog::remove_expired_file(UploadId id, WallTime now,
                                                      std::optional<core::Event> event) {
    return inner_->remove_expired_file(id, now, std::move(event));
}

Task<Result<ports::CreateUploadOutcome>> ForwardingCatalog::create_upload(
    core::Upload upload, core::Quota standard, std::optional<core::Event> event) {
    return inner_->create_upload(std::move(upload), standard, std::move(event));
}

Task<Result<ports::CreateUploadOutcome>> ForwardingCatalog::preview_upload(core::Upload upload,
                                                                           core::Quota standard) {
    return inner_->preview_upload(std::move(upload), standard);
}

Task<Result<Page<core::Upload>>> ForwardingCatalog::list_open_uploads(std::string owner,
                                                                      PageRequest page) {
    return inner_->list_open_uploads(std::move(owner), page);
}

Task<Result<Page<core::Upload>>> ForwardingCatalog::list_uploads(core::UploadState state,
                                                                 PageRequest page) {
    return inner_->list_uploads(state, page);
}

Task<Result<core::File>> ForwardingCatalog::find_file(UploadId id) {
    return inner_->find_file(id);
}

Task<Result<Page<core::File>>> ForwardingCatalog::list_files(std::string owner, PageRequest page) {
    return inner_->list_files(std::move(owner), page);
}

Task<Result<Page<core::File>>> ForwardingCatalog::list_all_files(PageRequest page) {
    return inner_->list_all_files(page);
}

Task<Result<>> ForwardingCatalog::mark_damaged(UploadId id, WallTime when) {
    return inner_->mark_damaged(id, when);
}

Task<Result<>> ForwardingCatalog::set_file_places(UploadId id, core::FilePlaces expected,
                                                  core::FilePlaces next,
                                                  std::optional<core::Event> event) {
    return inner_->set_file_places(id, std::move(expected), std::move(next), std::move(event));
}

Task<Result<std::vector<core::OutboxEntry>>> ForwardingCatalog::list_events(std::uint64_t after,
                                                                            std::size_t limit) {
    return inner_->list_events(after, limit);
}

Task<Result<>> ForwardingCatalog::remove_events(std::uint64_t through) {
    return inner_->remove_events(through);
}

std::size_t ForwardingCatalog::events_waiting() const {
    return inner_->events_waiting();
}

Task<Result<core::Usage>> ForwardingCatalog::find_usage(std::string owner) {
    return inner_->find_usage(std::move(owner));
}

Task<Result<std::optional<core::Quota>>> ForwardingCatalog::find_quota(std::string owner) {
    return inner_->find_quota(std::move(owner));
}

Task<Result<>> ForwardingCatalog::set_quota(std::string owner, std::optional<core::Quota> quota) {
    return inner_->set_quota(std::move(owner), quota);
}

Task<Result<ports::CreateFilesOutcome>> ForwardingCatalog::create_files(
    std::vector<ports::NewFile> files, core::Quota standard) {
    return inner_->create_files(std::move(files), standard);
}

Task<Result<core::File>> ForwardingCatalog::claim_file(UploadId id, core::FileClaim claim,
                                                       WallTime now) {
    return inner_->claim_file(id, std::move(claim), now);
}

Task<Result<std::vector<UploadId>>> ForwardingCatalog::list_expired_files(WallTime now,
                                                                          std::size_t limit) {
    return inner_->list_expired_files(now, limit);
}

}  // namespace slipway::adapters::redis
