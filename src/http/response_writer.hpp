// Sends an answer: its head, then its body as text, from a file or pulled from a source.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/body.hpp"
#include "http/timed_socket.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/buffer_pool.hpp"

namespace slipway::http {

class ResponseWriter {
 public:
    struct Means {
        TimedSocket& socket;
        runtime::BlockingPool& blocking;
        runtime::BufferPool& buffers;
        std::chrono::milliseconds stall;
    };
    explicit ResponseWriter(Means means) : means_(means) {}

    // All of it, or an error after which the connection must be cut: fewer bytes than the head
    // stated have left. The caller keeps `head` and `body` until it completes.
    Task<Result<>> send(const std::string& head, const ResponseBody& body);

 private:
    Task<Result<>> send_file(const std::string& head, const FileSlice& slice);
    Task<Result<>> send_stream(const std::string& head, const StreamBody& stream);

    Means means_;
};

}  // namespace slipway::http
