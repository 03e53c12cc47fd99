// Volume: the blobs of one root, by blocking calls. What runs in the pool; LocalFsStore is the port
// around it.
//
// What changes a blob's names (create, publish, remove) and what opens a staged one is done for one
// shard at a time, so that for each id there is at most one open Blob, and none once it is
// published or removed. Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/localfs/blob.hpp"
#include "adapters/localfs/blob_table.hpp"
#include "adapters/localfs/disk_handle.hpp"
#include "adapters/localfs/root.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "ports/store.hpp"

namespace slipway::adapters::localfs {

struct OpenFile {
    DiskHandle descriptor;
    ByteCount size;
};

// A draft and what is copied into it.
struct OpenDraft {
    UploadId id;
    OpenFile staged;
    OpenFile draft;
};

// Where reads may be answered from. `disk` drops what the page cache holds of a range before it is
// read, and after: a failing disk is not hidden by the cache, and the cache not filled by a scrub.
enum class ReadFrom { cache, disk };

class Volume {
 public:
    struct Limits {
        // Room that is never given to blobs. Unset: 1 GiB, or a hundredth of the file system where
        // that is less.
        std::optional<ByteCount> min_free;
        // Staged blobs kept open without a part being written.
        std::size_t open_blobs = 256;
    };

    Volume(Root root, Limits limits);

    Result<> create(UploadId id, ByteCount capacity);
    Result<> grow(UploadId id, ByteCount capacity);
    // The open blob if it is in the table already: never blocks on the disk.
    std::shared_ptr<Blob> find_open(UploadId id);
    Result<std::shared_ptr<Blob>> open_blob(UploadId id);
    Result<> publish(UploadId id, ByteCount size);
    Result<> remove(UploadId id);
    Result<> remove_staged(UploadId id);
    Result<OpenDraft> create_draft(const ports::DraftName& name, ByteCount size);
    Result<OpenDraft> open_draft(const ports::DraftName& name, ByteCount size);
    Result<> publish_draft(const ports::DraftName& name, ByteCount size);
    Result<> discard_drafts(UploadId id);
    Result<std::vector<ports::DraftName>> list_drafts() const;
    Result<OpenFile> open_file(Area area, UploadId id) const;
    Result<std::vector<ports::StagedBlob>> list_staged() const;
    Result<std::vector<UploadId>> list_published(std::optional<UploadId> after,
                                                 std::size_t limit) const;
    Result<> trash(const ports::TrashedBlob& blob);
    Result<std::vector<ports::TrashedBlob>> list_trash() const;
    Result<> restore(const ports::TrashedBlob& blob);
    Result<> purge(const ports::TrashedBlob& blob);
    // Above min_free; zero where less than that is left.
    Result<ByteCount> free_space() const;
    Disk& disk() const { return root_.disk(); }

 private:
    struct Shards {
        DiskHandle staging;
        DiskHandle files;
    };
    struct Found {
        std::optional<struct stat> staged;
        std::optional<struct stat> published;
    };

    std::mutex& mutex_of(UploadId id) { return shard_mutexes_[Root::shard_of(id)]; }
    Result<Shards> open_shards(UploadId id) const;
    Result<Found> look_up(const Shards& shards, UploadId id) const;
    // storage_full: there is less room than that.
    Result<> require_room(ByteCount wanted, UploadId id) const;
    // A new file with its room reserved; durable, and so is its name.
    Result<DiskHandle> make_file(const DiskHandle& staging, const std::string& name, UploadId id,
                                 ByteCount size) const;
    Result<OpenFile> open_in(const DiskHandle& shard, const std::string& name, UploadId id,
                             int flags) const;
    Result<> rename_draft(const Shards& shards, const ports::DraftName& name, ByteCount size);
    Result<> unlink_drafts(const DiskHandle& staging, UploadId id) const;
    Result<> unlink_staged(const DiskHandle& staging, UploadId id);
    Result<std::shared_ptr<Blob>> open_locked(const DiskHandle& staging, UploadId id);
    Result<> publish_names(const Shards& shards, const Found& found, UploadId id, ByteCount size);
    Result<> rename_locked(const Shards& shards, UploadId id, ByteCount size);
    // The directories of what was just renamed; poisons the blob where they cannot be synced.
    Result<> sync_published(const Shards& shards, UploadId id);
    Error poisoned_if_broken(std::string_view operation, UploadId id, int negated_errno);
    Result<> sync_directories(const Shards& shards, UploadId id) const;
    Result<> list_shard(std::size_t index, std::vector<ports::StagedBlob>& blobs) const;
    Result<std::vector<std::string>> names_in(Area area, std::size_t index) const;
    // Puts a name back beside the area's others: when it stands there already, as the same file,
    // the name in the trash goes.
    Result<> move_out_of_trash(Entry from, Entry to, UploadId id) const;
    Result<> sync(const DiskHandle& directory, UploadId id) const;

    Root root_;
    const Limits limits_;
    BlobTable table_;
    std::array<std::mutex, Root::kShards> shard_mutexes_;
};

}  // namespace slipway::adapters::localfs
