// BlobTable: the staged blobs that are open, least recently used first, and the ids of those that
// are poisoned.
//
// A blob that somebody else holds (a sink, a running sync) is never dropped: a second Blob of the
// same file would have its own idea of what is durable, and closing the descriptor could lose a
// sync error. So the bound is on blobs kept without need; those in use come on top, and are bounded
// by the requests that use them.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "adapters/localfs/blob.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace slipway::adapters::localfs {

// Thread-safe.
class BlobTable {
 public:
    explicit BlobTable(std::size_t limit) : limit_(limit) {}

    // Nothing where it is not open.
    std::shared_ptr<Blob> find(UploadId id);
    // The caller has seen to it that no other is open for this id.
    void insert(std::shared_ptr<Blob> blob);
    // Forgets the blob and that it was poisoned.
    void erase(UploadId id);

    // A poisoned blob stays so in this process until it is erased, open or not.
    void poison(UploadId id, const Error& cause);
    std::optional<Error> poisoned(UploadId id) const;

    std::size_t size() const;

 private:
    using Order = std::list<std::shared_ptr<Blob>>;
    void drop_idle_locked();

    const std::size_t limit_;
    mutable std::mutex mutex_;
    Order order_;
    std::unordered_map<UploadId, Order::iterator> open_;
    std::unordered_map<UploadId, Error> poisoned_;
};

}  // namespace slipway::adapters::localfs
