// SmallParts: where an S3Store stages what it cannot let through to the store.
#pragma once

namespace slipway::adapters::s3 {

// On this node, or in the store as objects of their own, where every node has them.
enum class SmallParts { on_disk, in_store };

}  // namespace slipway::adapters::s3
