// Bodies: how a handler reads what a client sends, and what it hands back to be sent.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "base/result.hpp"
#include "base/units.hpp"
#include "runtime/buffer_pool.hpp"
#include "runtime/task.hpp"

namespace slipway::http {

// Bytes of a request body, in a pooled buffer.
struct BodyChunk {
    runtime::BufferLease lease;
    std::span<const std::byte> bytes;  // empty at the end of the body
};

// The body of the request at hand; used on the connection's loop. Errors: cancelled (the client
// went away or interrupt() was called), deadline_exceeded (stalled), invalid (broken framing),
// too_large.
class RequestBody {
 public:
    virtual ~RequestBody() = default;
    // Content-Length; nothing for a chunked body. A request without a body has length 0.
    virtual std::optional<ByteCount> length() const = 0;
    // Bytes of it taken so far.
    virtual ByteCount received() const { return {}; }
    // The next bytes: a buffer as full as the body and the buffer budget allow. Sends 100 Continue
    // first when the client waits for it. After the end, or an error, the same again. Give the
    // chunk before back first: those who hold one buffer while they wait for another can wait for
    // each other once the budget is spent.
    virtual Task<Result<BodyChunk>> next() = 0;
    // The whole body as text; too_large past `limit`.
    virtual Task<Result<std::string>> read_all(ByteCount limit) = 0;
    // Ends the body: next(), now or later, answers cancelled. Callable from any thread while the
    // request is handled; the function may outlive the request and then does nothing.
    virtual std::function<void()> interrupter() = 0;
};

// A pull source for bodies that are no file: at most out.size() bytes, 0 at the end.
class BodySource {
 public:
    virtual ~BodySource() = default;
    virtual Task<Result<std::size_t>> read(std::span<std::byte> out) = 0;
};

// Part of an open file, sent by sendfile(2).
struct FileSlice {
    std::shared_ptr<const void> owner;  // keeps the descriptor open
    int descriptor = -1;
    ByteRange range;
};

// A body of known length that is pulled while it is sent.
struct StreamBody {
    std::shared_ptr<BodySource> source;
    ByteCount length;
};

StreamBody stream_of(std::string text);

using ResponseBody = std::variant<std::monostate, std::string, FileSlice, StreamBody>;
ByteCount length_of(const ResponseBody& body);

}  // namespace slipway::http
