// LocalPartSink: one attempt to write one part into its place in the blob's file.
#pragma once

#include <memory>
#include <optional>

#include "adapters/localfs/blob.hpp"
#include "ports/store.hpp"
#include "runtime/blocking_pool.hpp"

namespace slipway::adapters::localfs {

class LocalPartSink final : public ports::PartSink {
 public:
    // The region lies within the blob.
    LocalPartSink(std::shared_ptr<Blob> blob, ports::PartRegion region,
                  runtime::BlockingPool& pool);

    Task<Result<>> write(std::span<const std::byte> bytes) override;
    Task<Result<std::string>> commit() override;

 private:
    const std::shared_ptr<Blob> blob_;
    const ports::PartRegion region_;
    runtime::BlockingPool& pool_;
    ByteCount written_;
    WriteMark mark_ = kNothingWritten;
    // The first failed write: the part has a hole, and no commit may say otherwise.
    std::optional<Error> failed_;
    bool committed_ = false;
};

}  // namespace slipway::adapters::localfs
