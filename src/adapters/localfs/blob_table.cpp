#include "adapters/localfs/blob_table.hpp"

#include <utility>

namespace slipway::adapters::localfs {

std::shared_ptr<Blob> BlobTable::find(UploadId id) {
    const std::scoped_lock lock(mutex_);
    const auto found = open_.find(id);
    if (found == open_.end()) {
        return nullptr;
    }
    order_.splice(order_.end(), order_, found->second);
    return *found->second;
}

void BlobTable::insert(std::shared_ptr<Blob> blob) {
    const std::scoped_lock lock(mutex_);
    const UploadId id = blob->id();
    open_[id] = order_.insert(order_.end(), std::move(blob));
    drop_idle_locked();
}

void BlobTable::erase(UploadId id) {
    const std::scoped_lock lock(mutex_);
    poisoned_.erase(id);
    if (const auto found = open_.find(id); found != open_.end()) {
        order_.erase(found->second);
        open_.erase(found);
    }
}

void BlobTable::poison(UploadId id, const Error& cause) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = open_.find(id); found != open_.end()) {
        (*found->second)->poison(cause);
        return;
    }
    poisoned_.try_emplace(id, Error{Errc::corrupted, cause.detail});
}

std::optional<Error> BlobTable::poisoned(UploadId id) const {
    const std::scoped_lock lock(mutex_);
    if (const auto found = open_.find(id); found != open_.end()) {
        return (*found->second)->poisoned();
    }
    const auto known = poisoned_.find(id);
    return known == poisoned_.end() ? std::nullopt : std::optional(known->second);
}

std::size_t BlobTable::size() const {
    const std::scoped_lock lock(mutex_);
    return open_.size();
}

void BlobTable::drop_idle_locked() {
    for (auto next = order_.begin(); next != order_.end() && open_.size() > limit_;) {
        // New holders come from find() only, under the mutex: a count of one cannot grow meanwhile.
        if (next->use_count() > 1) {
            ++next;
            continue;
        }
        const UploadId id = (*next)->id();
        if (auto cause = (*next)->poisoned()) {
            poisoned_.try_emplace(id, *std::move(cause));
        }
        open_.erase(id);
        next = order_.erase(next);
    }
}

}  // namespace slipway::adapters::localfs
