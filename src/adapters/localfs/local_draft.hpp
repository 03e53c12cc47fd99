// LocalDraft: a draft's file and the staged blob that is copied into it.
#pragma once

#include <atomic>
#include <memory>

#include "adapters/localfs/volume.hpp"
#include "ports/store.hpp"
#include "runtime/blocking_pool.hpp"

namespace slipway::adapters::localfs {

class LocalDraft final : public ports::Draft {
 public:
    LocalDraft(std::shared_ptr<Volume> volume, OpenDraft files, runtime::BlockingPool& pool);

    Task<Result<>> copy(ports::PartRegion from, ByteOffset to) override;
    Task<Result<>> sync() override;

 private:
    // What a call in the pool needs, also when its caller is gone.
    struct Files {
        std::shared_ptr<Volume> volume;
        OpenDraft open;
        // A sync of it failed, or the disk is broken: it is never synced again.
        std::atomic<bool> poisoned{false};

        Result<> copy(ports::PartRegion from, ByteOffset to);
        Result<> sync();
        Error broken() const;
    };

    const std::shared_ptr<Files> files_;
    runtime::BlockingPool& pool_;
};

}  // namespace slipway::adapters::localfs
