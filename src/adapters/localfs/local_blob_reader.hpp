// LocalBlobReader: a blob's file, open for reading. It keeps its bytes when the blob is removed
// meanwhile.
#pragma once

#include <memory>

#include "adapters/localfs/volume.hpp"
#include "ports/store.hpp"
#include "runtime/blocking_pool.hpp"

namespace slipway::adapters::localfs {

class LocalBlobReader final : public ports::BlobReader {
 public:
    LocalBlobReader(std::shared_ptr<Volume> volume, OpenFile file, ReadFrom from,
                    runtime::BlockingPool& pool);

    ByteCount size() const override { return file_->size; }
    // corrupted: also where the file is shorter than when it was opened.
    Task<Result<std::size_t>> read_at(ByteOffset offset, std::span<std::byte> out) override;
    std::optional<int> descriptor() const override { return file_->descriptor.get(); }
    Task<std::optional<std::string>> direct_url(ports::DirectDownload) override {
        co_return std::nullopt;
    }

 private:
    const std::shared_ptr<Volume> volume_;
    const std::shared_ptr<const OpenFile> file_;
    const ReadFrom from_;
    runtime::BlockingPool& pool_;
};

}  // namespace slipway::adapters::localfs
