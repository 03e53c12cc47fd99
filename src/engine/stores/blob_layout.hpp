// What the staged blobs of an upload are going to be, in whichever store.
#pragma once

#include "core/part_plan.hpp"
#include "core/upload.hpp"
#include "ports/store.hpp"

namespace slipway::engine {

inline ports::BlobLayout layout_of(const core::Upload& upload) {
    ports::BlobLayout layout{.capacity = core::capacity_of(upload.plan)};
    if (upload.plan.sizes == core::PartSizes::fixed) {
        layout.part_size = upload.plan.part_size;
    }
    // To be hashed before it is published; extents, to be brought into order.
    layout.read_staged =
        upload.declared.sha256 || upload.declared.md5 || upload.plan.sizes == core::PartSizes::free;
    layout.direct = upload.direct;
    return layout;
}

}  // namespace slipway::engine
