// LocalFsStore: the Store on a local file system, one preallocated file for each blob
// (docs/on-disk-format.md).
//
// It has no placements and no receipts: a part lies where its region says.
// It promises what the port asks for on file systems with a real fsync (ext4, XFS, Btrfs); on
// others that it knows, it warns at open. Where fallocate(2) is not supported, room is only
// estimated when a blob is created or grown, and a part can still meet a full disk. All blocking
// calls run in the pool. The pool is stopped before the store is destroyed, and before the memory
// of callers that were abandoned is.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/localfs/disk.hpp"
#include "adapters/localfs/volume.hpp"
#include "ports/store.hpp"
#include "runtime/blocking_pool.hpp"

namespace slipway::adapters::localfs {

struct LocalFsOptions {
    Volume::Limits limits;
    // The system calls; a test puts its own between.
    std::shared_ptr<Disk> disk = system_disk();
};

class LocalFsStore final : public ports::Store {
 public:
    // Blocks: for the start of the process. Creates the root where it is missing, and what is above
    // it. conflict: another process (or store) uses the root. unsupported: it has another format
    // version. invalid: the directory holds something else; nothing was changed.
    static Result<std::unique_ptr<LocalFsStore>> open(std::string root, std::string name,
                                                      runtime::BlockingPool& pool,
                                                      LocalFsOptions options = {});

    std::string_view name() const override { return name_; }
    bool needs_pieces() const override { return false; }
    bool publishes_slowly() const override { return false; }
    ports::DirectParts* direct_parts() override { return nullptr; }
    Task<Result<std::string>> create(UploadId id, ports::BlobLayout layout) override;
    Task<Result<>> grow(ports::BlobRef blob, ByteCount capacity) override;
    Task<Result<std::unique_ptr<ports::PartSink>>> open_part(ports::BlobRef blob,
                                                             ports::PartRegion region) override;
    Task<Result<>> publish(ports::BlobRef blob, ports::Content content) override;
    Task<Result<>> remove(UploadId id) override;
    Task<Result<>> remove_staged(UploadId id) override;
    Task<Result<std::unique_ptr<ports::Draft>>> create_draft(ports::DraftName name,
                                                             ByteCount size) override;
    Task<Result<std::unique_ptr<ports::Draft>>> open_draft(ports::DraftName name,
                                                           ByteCount size) override;
    Task<Result<>> publish_draft(ports::DraftName name, ports::Content content) override;
    Task<Result<>> discard_drafts(UploadId id) override;
    Task<Result<std::vector<ports::DraftName>>> list_drafts() override;
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_published(UploadId id) override;
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_staged(UploadId id) override;
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_uncached(UploadId id) override;
    Task<Result<std::vector<ports::StagedBlob>>> list_staged() override;
    Task<Result<std::vector<UploadId>>> list_published(std::optional<UploadId> after,
                                                       std::size_t limit) override;
    Task<Result<>> trash(ports::TrashedBlob blob) override;
    Task<Result<std::vector<ports::TrashedBlob>>> list_trash() override;
    Task<Result<>> restore(ports::TrashedBlob blob) override;
    Task<Result<>> purge(ports::TrashedBlob blob) override;
    Task<Result<ByteCount>> free_space() override;

 private:
    LocalFsStore(std::string name, std::shared_ptr<Volume> volume, runtime::BlockingPool& pool);
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_reader(Area area, UploadId id,
                                                                 ReadFrom from);

    const std::string name_;
    const std::shared_ptr<Volume> volume_;
    runtime::BlockingPool& pool_;
};

}  // namespace slipway::adapters::localfs
