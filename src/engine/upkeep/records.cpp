#include "engine/upkeep/records.hpp"

#include <algorithm>

namespace slipway::engine {

namespace {

bool is_unfinished(const core::Upload& upload) {
    return upload.state == core::UploadState::open || upload.state == core::UploadState::completing;
}

bool has_blob_in(const core::Upload& upload, std::string_view store) {
    return std::ranges::find(upload.blobs, store, &core::StagedCopy::storage_node) !=
           upload.blobs.end();
}

bool lies_in(const core::File& file, std::string_view store) {
    return file.storage_node == store ||
           std::ranges::find(file.copies, store, &core::FileCopy::storage_node) !=
               file.copies.end();
}

}  // namespace

Task<Result<BlobClaim>> claim_on(World& world, std::string_view store, UploadId id,
                                 ports::BlobState state) {
    // Asked first: who lets go of a blob has recorded it before, or removed it.
    if (world.making->holds(id)) {
        co_return BlobClaim::wanted;
    }
    const auto upload = co_await world.catalog.find_upload(id);
    if (!upload && upload.error().code != Errc::not_found) {
        co_return std::unexpected(upload.error());
    }
    if (upload && is_unfinished(*upload) && has_blob_in(*upload, store)) {
        co_return BlobClaim::wanted;
    }
    const auto file = co_await world.catalog.find_file(id);
    if (!file && file.error().code != Errc::not_found) {
        co_return std::unexpected(file.error());
    }
    if (file && state == ports::BlobState::published && lies_in(*file, store)) {
        co_return BlobClaim::wanted;
    }
    // A file's staged name is what a crash between link and unlink leaves, or between an assembly
    // and the removal of what it copied from; a blob in a store that the record does not name, what
    // one leaves before that record.
    co_return upload || file ? BlobClaim::unwanted : BlobClaim::unknown;
}

Task<Result<bool>> wants_drafts(World& world, std::string_view store, UploadId id) {
    const auto upload = co_await world.catalog.find_upload(id);
    if (!upload && upload.error().code != Errc::not_found) {
        co_return std::unexpected(upload.error());
    }
    co_return upload && upload->state ==
                            core::UploadState::completing&& core::home_of(*upload).storage_node ==
                            store;
}

}  // namespace slipway::engine
