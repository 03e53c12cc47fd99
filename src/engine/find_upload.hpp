// FindUpload: reads uploads and their parts for their owner. Another owner's upload does not exist
// for the caller.
#pragma once

#include <optional>
#include <vector>

#include "engine/outcome.hpp"
#include "engine/upload_tasks/completion_task.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

struct UploadStatus {
    core::Upload upload;
    core::UploadState state;        // as of now: see core::state_at
    std::vector<core::Part> parts;  // but for those that are lost with their stores
    // Of an upload that a task is to complete, or could not, or whose parts a task brings into
    // order.
    std::optional<Completion> completion = std::nullopt;
};

class FindUpload {
 public:
    explicit FindUpload(World& world) : world_(world) {}

    Task<Outcome<core::Upload>> find(RequestContext context, UploadId id);
    Task<Outcome<UploadStatus>> status(RequestContext context, UploadId id);
    Task<Outcome<ports::Page<core::Upload>>> list_open(RequestContext context,
                                                       ports::PageRequest page);

 private:
    Task<Outcome<core::Upload>> find_in(ports::Catalog& catalog, RequestContext context,
                                        UploadId id);
    // Of a direct upload that is open: those that its store tells of.
    Task<Outcome<std::vector<core::Part>>> recorded_or_listed(RequestContext context,
                                                              const core::Upload& upload,
                                                              core::UploadState state);

    World& world_;
};

}  // namespace slipway::engine
