// Files: reading, claiming and removing files, for their owner. A temporary one that has expired is
// not served any more.
// Removing: the record first, then the blob, so that a crash never leaves a record without bytes.
#pragma once

#include <memory>
#include <vector>

#include "engine/outcome.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

struct OpenFile {
    core::File file;
    std::shared_ptr<ports::BlobReader> reader;
};

struct FileParts {
    core::File file;
    std::vector<core::Part> parts;
};

class Files {
 public:
    explicit Files(World& world) : world_(world) {}

    Task<Outcome<core::File>> find(RequestContext context, UploadId id);
    Task<Outcome<OpenFile>> open(RequestContext context, UploadId id);
    Task<Outcome<FileParts>> parts(RequestContext context, UploadId id);
    Task<Outcome<ports::Page<core::File>>> list(RequestContext context, ports::PageRequest page);
    Task<Outcome<>> remove(RequestContext context, UploadId id);
    // Makes a temporary file a lasting one, once: the same claim again answers the same.
    // file_expired: too late. file_claimed: it is a lasting file that this claim did not make.
    Task<Outcome<core::File>> claim(RequestContext context, UploadId id, core::FileClaim claim);

 private:
    // From its own store, or where that cannot, from one that has a copy.
    // Where it is read first: not in a store that is down.
    std::string best_place_of(const core::File& file);
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_blob(const core::File& file);
    // One that has not expired.
    Task<Outcome<core::File>> find_current(RequestContext context, UploadId id);

    World& world_;
};

}  // namespace slipway::engine
