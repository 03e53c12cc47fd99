// Blob: the open file of one staged blob, with the state that decides what of it may be
// acknowledged.
//
// Syncs are shared: one runs at a time, and it covers every commit whose writes ended before it
// began. The first error of a sync, or of a broken disk, poisons the blob: everything waiting and
// everything later is refused, and the file is never synced again, because a second fdatasync
// answers "ok" for pages that the first one dropped (reference: the fsync failures of ext4, XFS and
// Btrfs, USENIX ATC 2020).
//
// The kernel tells a sync error once for each open file description. The descriptor therefore stays
// open for as long as a sink is alive, all syncs of the blob go through it, and no two of them
// overlap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "adapters/localfs/disk.hpp"
#include "adapters/localfs/disk_handle.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/one_shot.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::localfs {

// Counts the writes of a blob. A commit is durable when a sync that succeeded began after its last
// write.
using WriteMark = std::uint64_t;
inline constexpr WriteMark kNothingWritten = 0;

// What is known of the bytes that are in the file when it is opened.
enum class Content { synced, unknown };

class Blob final : public std::enable_shared_from_this<Blob> {
 public:
    struct File {
        UploadId id;
        DiskHandle descriptor;
        ByteCount capacity;
        Content content;
    };
    Blob(std::shared_ptr<Disk> disk, File file);

    UploadId id() const { return file_.id; }
    ByteCount capacity() const;

    // Blocks. Answers the mark to commit.
    Result<WriteMark> write(std::span<const std::byte> bytes, ByteOffset offset);
    // Completes when the writes up to the mark are durable. The syncs run in the pool.
    Task<Result<>> commit(WriteMark mark, runtime::BlockingPool& pool);

    // Blocks. Reserves room up to `capacity`, which counts as a write: the next sync carries the
    // new size. A smaller one changes nothing. Refused like a write.
    Result<> grow(ByteCount capacity);

    // Blocks. Ends all writing (later writes and commits are refused as `conflict`), cuts the file
    // to `size` and makes all of it durable. invalid: the file is smaller; then nothing has
    // changed.
    Result<> settle(ByteCount size);
    // Ends all writing, as the blob is being removed: later writes and commits are refused as
    // `not_found`.
    void abandon();

    void poison(const Error& cause);
    // The error that every later operation answers; nothing while the blob is sound.
    std::optional<Error> poisoned() const;

 private:
    using Waiter = runtime::OneShot<Result<>>;

    void sync_round(runtime::BlockingPool& pool);
    Result<> sync_locked_out(WriteMark covered);
    std::optional<Error> refusal_locked() const;
    Result<> grow_to(ByteCount before, ByteCount capacity);
    void close_for_writing(Error reason);
    Error poison_locked(const Error& cause);

    const std::shared_ptr<Disk> disk_;
    const File file_;
    // Held while the room grows, and to keep it as it is. Taken before the others.
    std::mutex growing_;
    // Held shared by a pwrite, and alone to wait for those that run.
    std::shared_mutex writing_;
    // Held while a sync runs and its outcome is recorded.
    std::mutex syncing_;

    mutable std::mutex mutex_;
    ByteCount capacity_;
    WriteMark written_;
    WriteMark synced_ = 0;
    bool round_pending_ = false;
    std::vector<Waiter> waiting_;
    std::optional<Error> poison_;
    std::optional<Error> closed_;
};

}  // namespace slipway::adapters::localfs
