// BodyReader: the body of the request at hand, from what came with its head and from the socket.
// Data goes from the socket straight into the caller's buffer; only framing passes through the head
// buffer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "http/body.hpp"
#include "http/chunk_decoder.hpp"
#include "http/framing.hpp"
#include "http/head_buffer.hpp"
#include "http/loop_state.hpp"
#include "http/server.hpp"
#include "http/timed_socket.hpp"
#include "runtime/buffer_pool.hpp"

namespace slipway::http {

class BodyReader final : public RequestBody {
 public:
    // What is left of a body is read and dropped up to here, so that the connection can serve on.
    static constexpr std::uint64_t kDiscardLimit = 64 << 10;

    struct Source {
        TimedSocket& socket;
        HeadBuffer& buffer;
        runtime::BufferPool& pool;
        LoopState& loop;
        const ServerOptions& options;
    };

    BodyReader(Source source, const ParsedHead& head);
    ~BodyReader() override;
    BodyReader(const BodyReader&) = delete;
    BodyReader& operator=(const BodyReader&) = delete;

    std::optional<ByteCount> length() const override;
    ByteCount received() const override { return ByteCount(received_); }
    Task<Result<BodyChunk>> next() override;
    Task<Result<std::string>> read_all(ByteCount limit) override;
    std::function<void()> interrupter() override;

    // Whether every byte of the body was taken from the connection.
    bool finished() const { return data_left() == 0 && (!chunked_ || decoder_.finished()); }
    // Whether the connection can serve another request after discard_rest().
    bool reusable() const;
    // Takes what is left, if it comes soon. False: the connection must close.
    Task<bool> discard_rest();

 private:
    struct Interrupt;
    using Patience = std::chrono::duration<double>;
    enum class Step { progress, would_block, failed };

    std::uint64_t data_left() const { return chunked_ ? decoder_.data_left() : left_; }
    void consume_data(std::uint64_t count);
    void interrupt();
    std::unexpected<Error> fail(Errc code, std::string detail);
    Task<Result<>> invite();
    // Waits until the socket is readable (ready), or the loop wants the buffer back (nudged).
    Task<Result<Wake>> wait();
    // The latest end of a wait that begins now.
    SteadyTime wait_deadline() const;
    void earn(std::uint64_t count);
    // Reads framing until there is data to come or the body has ended.
    Task<Result<>> settle();
    Task<Result<runtime::BufferLease>> lease();
    // Fills `out` until it is full, the body has ended, or, when it may yield, others want buffers.
    enum class Yield { never, under_pressure };
    Task<Result<std::size_t>> fill(std::span<std::byte> out, Yield yield);
    Step advance(std::span<std::byte> out, std::size_t& filled);
    Step read_framing();

    Source source_;
    const bool chunked_;
    const std::uint64_t length_;
    std::uint64_t left_;
    ChunkDecoder decoder_;
    std::uint64_t received_ = 0;
    bool uninvited_;
    bool interrupted_ = false;
    SteadyTime stall_deadline_;
    SteadyTime whole_deadline_ = SteadyTime::max();
    // How long the client may still be waited for at this rate.
    Patience patience_;
    bool waited_ = false;
    std::optional<Error> error_;
    std::shared_ptr<Interrupt> interrupt_;
};

}  // namespace slipway::http
