// FileCopier: copies the bytes of a file from the store that has it into another, where nothing of
// it may be published. It begins anew at each attempt.
#pragma once

#include <memory>

#include "engine/copies/content_check.hpp"
#include "engine/task_handler.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class FileCopier {
 public:
    // All of them outlive it.
    FileCopier(World& world, ports::Store& target, const TaskContext& context)
        : world_(world), target_(target), context_(context) {}

    // Errors: corrupted (what was read is not the file: nothing was published), cancelled (it must
    // stop), and those of either store.
    Task<Result<>> run(core::File file);

 private:
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_source(const core::File& file);
    Task<Result<ports::Content>> send(const core::File& file, ports::BlobReader& source,
                                      ports::BlobRef blob);
    Task<Result<Crc64Nvme>> send_part(ports::BlobReader& source, ports::PartRegion region,
                                      ports::PartSink& sink, ContentCheck& check);

    World& world_;
    ports::Store& target_;
    const TaskContext& context_;
};

}  // namespace slipway::engine
