// Sizes: where an S3Store draws its lines. Tests have smaller ones.
#pragma once

#include "base/units.hpp"

namespace slipway::adapters::s3 {

struct Sizes {
    // Of the parts that go through, but the last, and of the blob itself: what is smaller is
    // spooled. Every S3 store takes parts of 5 MiB.
    ByteCount smallest_part = 5_MiB;
    // Of what is sent from the spool by one call; the parts of what is larger have this size, or
    // as much more as their number demands.
    ByteCount largest_put = 16_MiB;
    // Of a part of a free size that lies apart. One call takes 5 GiB, and a small part before may
    // have to go along with this one.
    ByteCount largest_free_part = 4_GiB;
};

}  // namespace slipway::adapters::s3
