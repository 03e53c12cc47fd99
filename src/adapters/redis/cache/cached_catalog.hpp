// CachedCatalog: a catalog with a cache of its uploads in front. Every change is the inner
// catalog's, and the cache is told of it before whoever made it is answered.
//
// Two of them share a cache: one that reads the inner catalog, for whoever decides something, and
// one that reads the cache first, for whoever is checked again before anything is acknowledged. The
// latter answers what the catalog answers as long as all that change it reach Redis; otherwise it
// may be behind (UploadCache). A single part is looked for in the catalog always: by it the engine
// knows whether it may write where the part lies.
#pragma once

#include <memory>

#include "adapters/redis/cache/forwarding_catalog.hpp"
#include "adapters/redis/cache/upload_cache.hpp"

namespace slipway::adapters::redis {

enum class Reads { current, cached };

class CachedCatalog final : public ForwardingCatalog {
 public:
    CachedCatalog(std::shared_ptr<ports::Catalog> inner, std::shared_ptr<UploadCache> cache,
                  Reads reads)
        : ForwardingCatalog(std::move(inner)), cache_(std::move(cache)), reads_(reads) {}

    Task<Result<core::Upload>> find_upload(UploadId id) override;
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
    Task<Result<>> remove_file(UploadId id, std::optional<core::Event> event = {}) override;
    Task<Result<>> remove_expired_file(UploadId id, WallTime now,
                                       std::optional<core::Event> event = {}) override;

 private:
    // Makes a change, and has the cache forget the upload whatever came of it: a refusal tells of
    // an entry that is out of date.
    Task<Result<>> change(UploadId id, Task<Result<>> made);
    // The upload with its parts, as the catalog has them; the cache is filled.
    struct Loaded {
        core::Upload upload;
        std::vector<core::Part> parts;
    };
    Task<Result<Loaded>> load(UploadId id, UploadCache::Ticket ticket);

    const std::shared_ptr<UploadCache> cache_;
    const Reads reads_;
};

}  // namespace slipway::adapters::redis
