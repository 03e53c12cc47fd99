// InputStream: a descriptor that is read from beginning to end, a pipe for example, on a thread
// that may wait for it, and that can be told to wait no longer.
#pragma once

#include <atomic>
#include <cstddef>
#include <span>

#include "base/result.hpp"

namespace slipway::cli {

class InputStream final {
 public:
    // Does not own the descriptor.
    explicit InputStream(int descriptor) : descriptor_(descriptor) {}

    // Blocks. Fills the buffer; fewer bytes only at the end of the stream. cancelled: stopped.
    Result<std::size_t> read(std::span<std::byte> out);
    // From any thread: read() ends soon, also where nothing comes.
    void stop() { stopped_ = true; }

 private:
    Result<> wait_until_readable() const;

    const int descriptor_;
    std::atomic<bool> stopped_{false};
};

}  // namespace slipway::cli
