// ByteSource: where the bytes of a part come from, as the engine sees it. A door implements it over
// its own protocol.
#pragma once

#include <functional>
#include <span>

#include "base/result.hpp"
#include "runtime/buffer_pool.hpp"
#include "runtime/task.hpp"

namespace slipway::engine {

struct ByteChunk {
    runtime::BufferLease lease;
    std::span<const std::byte> bytes;  // empty at the end
};

class ByteSource {
 public:
    virtual ~ByteSource() = default;
    // Errors: cancelled (the client is gone, or interrupted), deadline_exceeded (stalled), invalid
    // (broken framing).
    virtual Task<Result<ByteChunk>> next() = 0;
    // A function that makes next() answer cancelled; callable from any thread, also after the
    // source is gone.
    virtual std::function<void()> interrupter() = 0;
};

}  // namespace slipway::engine
