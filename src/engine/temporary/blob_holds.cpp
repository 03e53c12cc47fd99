#include "engine/temporary/blob_holds.hpp"

namespace slipway::engine {

BlobHolds::Hold BlobHolds::hold(UploadId id) {
    const std::scoped_lock lock(mutex_);
    ids_.insert(id);
    return {shared_from_this(), id};
}

bool BlobHolds::holds(UploadId id) const {
    const std::scoped_lock lock(mutex_);
    return ids_.contains(id);
}

BlobHolds::Hold::~Hold() {
    if (holds_) {
        const std::scoped_lock lock(holds_->mutex_);
        holds_->ids_.extract(id_);
    }
}

}  // namespace slipway::engine
