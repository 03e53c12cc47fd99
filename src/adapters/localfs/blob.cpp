#include "adapters/localfs/blob.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "adapters/localfs/disk_error.hpp"
#include "adapters/localfs/disk_steps.hpp"
#include "base/seeded_bug.hpp"

namespace slipway::adapters::localfs {

// Bytes of an earlier process count as a write that no sync has covered yet.
Blob::Blob(std::shared_ptr<Disk> disk, File file)
    : disk_(std::move(disk)),
      file_(std::move(file)),
      capacity_(file_.capacity),
      written_(file_.content == Content::unknown ? kNothingWritten + 1 : kNothingWritten) {}

Result<WriteMark> Blob::write(std::span<const std::byte> bytes, ByteOffset offset) {
    const std::shared_lock writing(writing_);
    {
        const std::scoped_lock lock(mutex_);
        if (auto refused = refusal_locked()) {
            return std::unexpected(*std::move(refused));
        }
    }
    const int done = write_all(*disk_, file_.descriptor.get(), bytes, offset);
    const std::scoped_lock lock(mutex_);
    if (done < 0) {
        const Error error = blob_error("pwrite", id(), done);
        return std::unexpected(is_broken_disk(-done) ? poison_locked(error) : error);
    }
    return ++written_;
}

ByteCount Blob::capacity() const {
    const std::scoped_lock lock(mutex_);
    return capacity_;
}

Result<> Blob::grow(ByteCount capacity) {
    const std::scoped_lock growing(growing_);
    ByteCount before;
    {
        const std::scoped_lock lock(mutex_);
        if (auto refused = refusal_locked()) {
            return std::unexpected(*std::move(refused));
        }
        before = capacity_;
    }
    return capacity > before ? grow_to(before, capacity) : Result<>();
}

// The caller holds growing_.
Result<> Blob::grow_to(ByteCount before, ByteCount capacity) {
    const int file = file_.descriptor.get();
    int done = disk_->allocate(file, ByteOffset(before.value()), capacity - before);
    if (done == -EOPNOTSUPP) {
        // As when it was created: the size at least.
        done = disk_->truncate(file, capacity);
    }
    if (done < 0) {
        const Error error = blob_error("fallocate", id(), done);
        // What it has reserved before it failed goes back; where not, at publish or remove.
        disk_->truncate(file, before);
        const std::scoped_lock lock(mutex_);
        return std::unexpected(is_broken_disk(-done) ? poison_locked(error) : error);
    }
    const std::scoped_lock lock(mutex_);
    capacity_ = capacity;
    ++written_;
    return {};
}

Task<Result<>> Blob::commit(WriteMark mark, runtime::BlockingPool& pool) {
    Waiter waiter;
    bool begin_round = false;
    {
        const std::scoped_lock lock(mutex_);
        if (auto refused = refusal_locked()) {
            co_return std::unexpected(*std::move(refused));
        }
        if (mark <= synced_) {
            co_return Result<>{};
        }
        waiting_.push_back(waiter);
        begin_round = !std::exchange(round_pending_, true);
    }
    if (begin_round) {
        pool.submit([self = shared_from_this(), &pool] { self->sync_round(pool); });
    }
    co_return co_await waiter.wait();
}

void Blob::sync_round(runtime::BlockingPool& pool) {
    std::vector<Waiter> covered;
    Result<> outcome;
    {
        const std::scoped_lock syncing(syncing_);
        WriteMark mark = 0;
        {
            // Taken now and not when the round was asked for: who came since is covered, too.
            const std::scoped_lock lock(mutex_);
            covered.swap(waiting_);
            mark = written_;
        }
        outcome = sync_locked_out(mark);
    }
    for (const Waiter& waiter : covered) {
        waiter.deliver(outcome);
    }
    {
        const std::scoped_lock lock(mutex_);
        round_pending_ = !waiting_.empty();
        if (!round_pending_) {
            return;
        }
    }
    // At the end of the queue, so that one busy blob does not keep a thread to itself.
    pool.submit([self = shared_from_this(), &pool] { self->sync_round(pool); });
}

// The caller holds syncing_. `covered`: the mark before the call.
Result<> Blob::sync_locked_out(WriteMark covered) {
    if (auto broken = poisoned()) {
        return std::unexpected(*std::move(broken));
    }
    int done = has_bug(SeededBug::part_not_synced) ? 0 : disk_->sync_data(file_.descriptor.get());
    if (done < 0 && has_bug(SeededBug::sync_retried)) {
        done = disk_->sync_data(file_.descriptor.get());
    }
    const std::scoped_lock lock(mutex_);
    if (done < 0 && has_bug(SeededBug::sync_failure_not_remembered)) {
        return std::unexpected(blob_error("fdatasync", id(), done));
    }
    if (done < 0) {
        return std::unexpected(poison_locked(blob_error("fdatasync", id(), done)));
    }
    if (poison_) {
        // A write met a broken disk meanwhile; that this sync saw nothing of it proves nothing.
        return std::unexpected(*poison_);
    }
    synced_ = std::max(synced_, has_bug(SeededBug::sync_covers_later_writes) ? written_ : covered);
    return {};
}

Result<> Blob::settle(ByteCount size) {
    std::unique_lock growing(growing_);
    struct stat now{};
    if (const int done = disk_->stat(file_.descriptor.get(), now); done < 0) {
        return std::unexpected(blob_error("stat", id(), done));
    }
    const ByteCount current = size_of(now);
    if (current < size) {
        return failure(Errc::invalid, "blob " + id().to_string() + " has " +
                                          std::to_string(current.value()) + " bytes, not " +
                                          std::to_string(size.value()));
    }
    close_for_writing({Errc::conflict, "blob " + id().to_string() + " is being published"});
    growing.unlock();
    const std::scoped_lock syncing(syncing_);
    WriteMark mark = 0;
    WriteMark synced = 0;
    {
        const std::scoped_lock lock(mutex_);
        mark = written_;
        synced = synced_;
    }
    if (auto broken = poisoned()) {
        return std::unexpected(*std::move(broken));
    }
    if (current > size) {
        if (const int done = disk_->truncate(file_.descriptor.get(), size); done < 0) {
            const Error error = blob_error("ftruncate", id(), done);
            const std::scoped_lock lock(mutex_);
            return std::unexpected(is_broken_disk(-done) ? poison_locked(error) : error);
        }
        // fdatasync writes the size, too: it is needed to read the data (fsync(2)).
        return sync_locked_out(mark);
    }
    return mark > synced ? sync_locked_out(mark) : Result<>{};
}

void Blob::abandon() {
    const std::scoped_lock growing(growing_);
    close_for_writing({Errc::not_found, "blob " + id().to_string() + " was removed"});
}

void Blob::close_for_writing(Error reason) {
    {
        const std::scoped_lock lock(mutex_);
        closed_ = std::move(reason);
    }
    // Writes that run had begun before; they end before the file is cut, renamed or unlinked.
    const std::scoped_lock alone(writing_);
}

void Blob::poison(const Error& cause) {
    const std::scoped_lock lock(mutex_);
    poison_locked(cause);
}

std::optional<Error> Blob::poisoned() const {
    const std::scoped_lock lock(mutex_);
    return poison_;
}

Error Blob::poison_locked(const Error& cause) {
    if (!poison_) {
        poison_ = Error{Errc::corrupted, cause.detail + " (the blob's generation is poisoned)"};
    }
    return *poison_;
}

std::optional<Error> Blob::refusal_locked() const {
    return poison_ ? poison_ : closed_;
}

}  // namespace slipway::adapters::localfs
