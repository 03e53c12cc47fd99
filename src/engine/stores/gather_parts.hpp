// GatherParts: copies into the home of a completing upload the parts that lie elsewhere only.
//
//   each part: read where it is → write in the home, digest checked → durable → recorded as there
//
// The records are the checkpoint: a crash repeats one part. A worker that lost its lease writes the
// same bytes, and to no place that another has claimed.
#pragma once

#include <memory>
#include <vector>

#include "engine/place_claim.hpp"
#include "engine/stores/part_sources.hpp"
#include "engine/task_handler.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class GatherParts {
 public:
    explicit GatherParts(World& world) : world_(world) {}

    // Returns early when the context says that it must. unavailable and its like: a store is away,
    // or the upload changed; again later. corrupted: no copy of a part has its digest.
    Task<Result<>> run(core::Upload upload, std::vector<core::Part> parts, TaskContext& context);

 private:
    Task<Result<>> gather(const core::Upload& upload, core::Part part, PartSources& sources,
                          TaskContext& context);
    Task<Result<>> copy(const core::Upload& upload, const core::Part& part, std::uint32_t from,
                        PartSources& sources, TaskContext& context);
    Task<Result<std::unique_ptr<ports::PartSink>>> open_in_home(const core::Upload& upload,
                                                                const core::Part& part,
                                                                PlaceClaim& claim);
    Task<Result<>> transfer(const core::Part& part, PartSources::Place place, ports::PartSink& sink,
                            TaskContext& context);

    World& world_;
};

}  // namespace slipway::engine
