#include "engine/upkeep/records.hpp"

namespace slipway::engine {

Task<Result<BlobClaim>> claim_on(World& world, UploadId id, ports::BlobState state) {
    // Asked first: who lets go of a blob has recorded it before, or removed it.
    if (world.making->holds(id)) {
        co_return BlobClaim::wanted;
    }
    const auto upload = co_await world.catalog.find_upload(id);
    if (!upload && upload.error().code != Errc::not_found) {
        co_return std::unexpected(upload.error());
    }
    if (upload && (upload->state == core::UploadState::open ||
                   upload->state == core::UploadState::completing)) {
        co_return BlobClaim::wanted;
    }
    const auto file = co_await world.catalog.find_file(id);
    if (!file && file.error().code != Errc::not_found) {
        co_return std::unexpected(file.error());
    }
    if (file && state == ports::BlobState::published) {
        co_return BlobClaim::wanted;
    }
    // A file's staged name is what a crash between link and unlink leaves, or between an assembly
    // and the removal of what it copied from.
    co_return upload || file ? BlobClaim::unwanted : BlobClaim::unknown;
}

Task<Result<bool>> wants_drafts(World& world, UploadId id) {
    const auto upload = co_await world.catalog.find_upload(id);
    if (!upload && upload.error().code != Errc::not_found) {
        co_return std::unexpected(upload.error());
    }
    co_return upload && upload->state == core::UploadState::completing;
}

}  // namespace slipway::engine
