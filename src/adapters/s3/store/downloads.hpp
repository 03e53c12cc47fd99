// Downloads: how the bytes of a file get from the store to whoever downloads it.
#pragma once

namespace slipway::adapters::s3 {

enum class Downloads {
    through,   // by way of slipwayd
    redirect,  // from the store itself, by a presigned URL
};

}  // namespace slipway::adapters::s3
