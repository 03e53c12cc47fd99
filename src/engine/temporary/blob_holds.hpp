// BlobHolds: the blobs that requests of this process are filling and that no record names yet. They
// are no orphans, however long that takes. Nothing of it outlives the process, and then they are.
#pragma once

#include <memory>
#include <mutex>
#include <set>

#include "base/ids.hpp"

namespace slipway::engine {

class BlobHolds : public std::enable_shared_from_this<BlobHolds> {
 public:
    // Given back when it is destroyed.
    class Hold {
     public:
        Hold(Hold&&) noexcept = default;
        Hold& operator=(Hold&&) = delete;
        ~Hold();

     private:
        friend class BlobHolds;
        Hold(std::shared_ptr<BlobHolds> holds, UploadId id) : holds_(std::move(holds)), id_(id) {}
        std::shared_ptr<BlobHolds> holds_;
        UploadId id_;
    };

    // Thread-safe, all of it. The same blob may be held more than once: who asks for one that
    // exists is told so by the store.
    Hold hold(UploadId id);
    bool holds(UploadId id) const;

 private:
    mutable std::mutex mutex_;
    std::multiset<UploadId> ids_;
};

}  // namespace slipway::engine
