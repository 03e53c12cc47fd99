// ExtentMap: where the bytes of an upload lie in its staged blob. Parts of a fixed size lie in
// their order; parts of free sizes lie where there was room when they came.
#pragma once

#include <span>
#include <vector>

#include "base/units.hpp"
#include "core/upload.hpp"

namespace slipway::core {

// A run of bytes: where it lies in the blob, and where it belongs in the file.
struct Run {
    ByteOffset from;
    ByteOffset to;
    ByteCount length;
    friend bool operator==(const Run&, const Run&) = default;
};

class ExtentMap {
 public:
    // The parts are all of the upload's up to some number, in order.
    ExtentMap(const PartPlan& plan, std::span<const Part> parts);

    ByteCount size() const { return size_; }
    // The blob's first bytes are the file: nothing has to be copied.
    bool is_in_order() const;
    // The bytes at this place of the file, as many as lie in one piece and at most `most`. The
    // place is below size().
    Run run_at(ByteOffset at, ByteCount most) const;

 private:
    // In the order of the file; what touches is joined.
    std::vector<Run> runs_;
    ByteCount size_;
};

// Behind everything that the recorded parts take, at the alignment of parts: where there is room.
ByteOffset end_of_extents(std::span<const Part> parts);
ByteOffset align_up(ByteOffset offset);

}  // namespace slipway::core
