// The part of MemoryStore that keeps the trash.
#include <algorithm>
#include <utility>

#include "adapters/memory/memory_blob.hpp"
#include "adapters/memory/memory_store.hpp"

namespace slipway::adapters::memory {

Task<Result<>> MemoryStore::trash(ports::TrashedBlob blob) {
    const std::scoped_lock lock(mutex_);
    Blobs& blobs = blobs_of(blob.was);
    const auto found = blobs.find(blob.id);
    if (found == blobs.end()) {
        co_return Result<>{};
    }
    {
        const std::scoped_lock blob_lock(found->second->mutex);
        found->second->state = MemoryBlobState::removed;
    }
    trash_.push_back({blob, found->second});
    blobs.erase(found);
    co_return Result<>{};
}

Task<Result<std::vector<ports::TrashedBlob>>> MemoryStore::list_trash() {
    const std::scoped_lock lock(mutex_);
    std::vector<ports::TrashedBlob> trashed;
    for (const Trashed& entry : trash_) {
        trashed.push_back(entry.blob);
    }
    co_return trashed;
}

std::vector<MemoryStore::Trashed>::iterator MemoryStore::find_trashed(
    const ports::TrashedBlob& blob) {
    return std::ranges::find(trash_, blob, &Trashed::blob);
}

Task<Result<>> MemoryStore::restore(ports::TrashedBlob blob) {
    const std::scoped_lock lock(mutex_);
    const auto found = find_trashed(blob);
    if (found == trash_.end()) {
        co_return failure(Errc::not_found, "blob " + blob.id.to_string() + " is not in the trash");
    }
    if (!blobs_of(blob.was).try_emplace(blob.id, found->content).second) {
        co_return failure(Errc::conflict, "blob " + blob.id.to_string() + " exists");
    }
    {
        const std::scoped_lock blob_lock(found->content->mutex);
        found->content->state = blob.was == ports::BlobState::staged ? MemoryBlobState::staged
                                                                     : MemoryBlobState::published;
    }
    trash_.erase(found);
    co_return Result<>{};
}

Task<Result<>> MemoryStore::purge(ports::TrashedBlob blob) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = find_trashed(blob); found != trash_.end()) {
        used_ = used_ - found->content->size;
        trash_.erase(found);
    }
    co_return Result<>{};
}

}  // namespace slipway::adapters::memory
