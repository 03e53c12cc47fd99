#include "http/body_reader.hpp"

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <mutex>
#include <utility>

namespace slipway::http {

namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::size_t kFirstPiece = 16 << 10;
// From here on hashing takes a noticeable part of a millisecond.
constexpr std::size_t kHeavy = 16 << 10;
// How long the client has for bytes that nobody wants.
constexpr std::chrono::milliseconds kDiscardTime{2000};

}  // namespace

// Outlives the request in the hands of others. The reader is there while the request is, and so is
// its loop.
struct BodyReader::Interrupt {
    std::mutex mutex;
    BodyReader* reader = nullptr;
};

BodyReader::BodyReader(Source source, const ParsedHead& head)
    : source_(source),
      chunked_(head.framing.chunked),
      length_(head.framing.length),
      left_(head.framing.length),
      uninvited_(head.expects_continue),
      patience_(source.options.body_grace) {}

BodyReader::~BodyReader() {
    if (interrupt_) {
        const std::scoped_lock lock(interrupt_->mutex);
        interrupt_->reader = nullptr;
    }
}

std::optional<ByteCount> BodyReader::length() const {
    if (chunked_) {
        return std::nullopt;
    }
    return ByteCount(length_);
}

Task<Result<BodyChunk>> BodyReader::next() {
    if (auto settled = co_await settle(); !settled) {
        co_return std::unexpected(std::move(settled).error());
    }
    if (finished()) {
        co_return BodyChunk{};
    }
    auto leased = co_await lease();
    if (!leased) {
        co_return std::unexpected(std::move(leased).error());
    }
    BodyChunk chunk{.lease = *std::move(leased), .bytes = {}};
    if (chunked_ || left_ >= kHeavy) {
        co_await source_.loop.take_turn();
    }
    waited_ = false;
    auto filled = co_await fill(chunk.lease.bytes(), Yield::under_pressure);
    if (!filled) {
        co_return std::unexpected(std::move(filled).error());
    }
    // The caller hashes it now: that is the work that turns are for.
    if (waited_ && *filled >= kHeavy) {
        co_await source_.loop.take_turn();
    }
    chunk.bytes = chunk.lease.bytes().first(*filled);
    co_return chunk;
}

// The minimum rate as a leaky bucket of time: waiting empties it, bytes fill it.
void BodyReader::earn(std::uint64_t count) {
    const auto rate = static_cast<double>(source_.options.min_body_rate.value());
    if (rate > 0) {
        const Patience most = std::max(source_.options.body_grace, source_.options.stall_timeout);
        patience_ = std::min(most, patience_ + Patience(static_cast<double>(count) / rate));
    }
}

SteadyTime BodyReader::wait_deadline() const {
    const SteadyTime deadline = std::min(stall_deadline_, whole_deadline_);
    if (source_.options.min_body_rate == 0_B) {
        return deadline;
    }
    return std::min(deadline, source_.socket.deadline_after(
                                  std::chrono::ceil<std::chrono::milliseconds>(patience_)));
}

Task<Result<std::string>> BodyReader::read_all(ByteCount limit) {
    whole_deadline_ = source_.socket.deadline_after(source_.options.body_timeout);
    if (!error_ && !chunked_ && left_ > limit.value()) {
        co_return fail(Errc::too_large, "the body is over its limit");
    }
    std::string text;
    while (true) {
        if (auto settled = co_await settle(); !settled) {
            co_return std::unexpected(std::move(settled).error());
        }
        if (finished()) {
            co_return text;
        }
        if (data_left() > limit.value() - text.size()) {
            co_return fail(Errc::too_large, "the body is over its limit");
        }
        // Grows with what has come: a stated length alone costs nothing.
        const std::size_t have = text.size();
        const auto more = std::min<std::uint64_t>(data_left(), std::max(have, kFirstPiece));
        text.resize(have + more);
        const auto room = std::as_writable_bytes(std::span(text)).subspan(have);
        auto filled = co_await fill(room, Yield::never);
        if (!filled) {
            co_return std::unexpected(std::move(filled).error());
        }
        text.resize(have + *filled);
    }
}

std::function<void()> BodyReader::interrupter() {
    if (!interrupt_) {
        interrupt_ = std::make_shared<Interrupt>();
        interrupt_->reader = this;
    }
    return [target = interrupt_] {
        const std::scoped_lock lock(target->mutex);
        if (target->reader == nullptr) {
            return;
        }
        boost::asio::post(target->reader->source_.socket.executor(), [target] {
            // On the loop, where the reader is destroyed too: it stays for the length of this call.
            BodyReader* reader = nullptr;
            {
                const std::scoped_lock inner(target->mutex);
                reader = target->reader;
            }
            if (reader != nullptr) {
                reader->interrupt();
            }
        });
    };
}

void BodyReader::interrupt() {
    interrupted_ = true;
    source_.socket.wake(Wake::nudged);
}

bool BodyReader::reusable() const {
    if (error_ || interrupted_) {
        return false;
    }
    // A client that was not told to continue may send its body or not: what follows could be
    // either.
    return finished() || (!uninvited_ && !chunked_ && left_ <= kDiscardLimit);
}

Task<bool> BodyReader::discard_rest() {
    const SteadyTime deadline = source_.socket.deadline_after(kDiscardTime);
    while (!finished()) {
        const auto held = std::min<std::uint64_t>(left_, source_.buffer.view().size());
        source_.buffer.consume(held);
        left_ -= held;
        if (left_ == 0) {
            break;
        }
        const Transfer transfer = source_.socket.discard(left_);
        left_ -= transfer.count;
        if (transfer.status == Transfer::Status::ended) {
            co_return false;
        }
        if (transfer.status == Transfer::Status::would_block) {
            const Wake woken = co_await source_.socket.wait(Direction::read, deadline);
            if (woken == Wake::timed_out || woken == Wake::cut) {
                co_return false;
            }
        }
    }
    co_return true;
}

void BodyReader::consume_data(std::uint64_t count) {
    received_ += count;
    earn(count);
    if (chunked_) {
        decoder_.consume_data(count);
    } else {
        left_ -= count;
    }
    stall_deadline_ = source_.socket.deadline_after(source_.options.stall_timeout);
}

std::unexpected<Error> BodyReader::fail(Errc code, std::string detail) {
    error_ = Error{code, std::move(detail)};
    return std::unexpected(*error_);
}

Task<Result<>> BodyReader::invite() {
    uninvited_ = false;
    // RFC 9110 section 10.1.1: not needed once the client has begun to send.
    if (!source_.buffer.empty()) {
        co_return Result<>{};
    }
    auto sent = co_await source_.socket.send_all(kContinue, {}, Follow::nothing,
                                                 source_.options.stall_timeout);
    if (!sent) {
        co_return fail(sent.error().code, sent.error().detail);
    }
    co_return Result<>{};
}

Task<Result<Wake>> BodyReader::wait() {
    source_.buffer.release_if_empty();
    waited_ = true;
    Wake woken = Wake::ready;
    if (!interrupted_) {
        const SteadyTime begun = source_.loop.now();
        const auto [ended] = co_await source_.socket.begin_wait(Direction::read, wait_deadline());
        woken = source_.socket.end_wait(ended);
        patience_ -= source_.loop.now() - begun;
        if (!interrupted_ && (woken == Wake::timed_out || woken == Wake::cut)) {
            const Error error = TimedSocket::error_of(woken);
            co_return fail(error.code, error.detail);
        }
    }
    if (interrupted_) {
        co_return fail(Errc::cancelled, "the body was interrupted");
    }
    co_return woken;
}

Task<Result<>> BodyReader::settle() {
    if (interrupted_ && !error_) {
        co_return fail(Errc::cancelled, "the body was interrupted");
    }
    if (error_) {
        co_return std::unexpected(*error_);
    }
    stall_deadline_ = source_.socket.deadline_after(source_.options.stall_timeout);
    if (uninvited_ && !finished()) {
        if (auto invited = co_await invite(); !invited) {
            co_return std::unexpected(std::move(invited).error());
        }
    }
    while (data_left() == 0 && !finished()) {
        const Step step = read_framing();
        if (step == Step::would_block) {
            if (auto waited = co_await wait(); !waited) {
                co_return std::unexpected(std::move(waited).error());
            }
        } else if (step == Step::failed) {
            co_return std::unexpected(*error_);
        }
    }
    co_return Result<>{};
}

// A buffer is asked for only when there are bytes to put into it: idle and slow clients hold none.
// Waiting also where bytes are there already lets the other connections of the loop have their turn
// between two buffers.
Task<Result<runtime::BufferLease>> BodyReader::lease() {
    if (source_.buffer.empty()) {
        if (auto waited = co_await wait(); !waited) {
            co_return std::unexpected(std::move(waited).error());
        }
    }
    // The length of a chunked body shows only while it comes.
    const std::uint64_t expected = chunked_ ? std::max(received_, data_left()) : left_;
    auto leased = co_await source_.pool.acquire(ByteCount(expected));
    if (interrupted_) {
        co_return fail(Errc::cancelled, "the body was interrupted");
    }
    stall_deadline_ = source_.socket.deadline_after(source_.options.stall_timeout);
    co_return leased;
}

Task<Result<std::size_t>> BodyReader::fill(std::span<std::byte> out, Yield yield) {
    std::size_t filled = 0;
    while (filled < out.size() && !finished()) {
        const Step step = advance(out, filled);
        if (step == Step::failed) {
            co_return std::unexpected(*error_);
        }
        if (step == Step::progress) {
            continue;
        }
        const bool may_yield = yield == Yield::under_pressure && filled > 0;
        if (may_yield && source_.pool.waiters() > 0) {
            break;
        }
        source_.socket.set_holds_buffer(may_yield);
        auto waited = co_await wait();
        source_.socket.set_holds_buffer(false);
        if (!waited) {
            co_return std::unexpected(std::move(waited).error());
        }
        if (may_yield && *waited == Wake::nudged) {
            break;
        }
    }
    co_return filled;
}

BodyReader::Step BodyReader::advance(std::span<std::byte> out, std::size_t& filled) {
    if (data_left() == 0) {
        return read_framing();
    }
    const auto wanted = std::min<std::uint64_t>(data_left(), out.size() - filled);
    const auto held = source_.buffer.view();
    if (!held.empty()) {
        const auto count = std::min<std::size_t>(wanted, held.size());
        std::memcpy(out.data() + filled, held.data(), count);
        source_.buffer.consume(count);
        consume_data(count);
        filled += count;
        return Step::progress;
    }
    const Transfer transfer = source_.socket.receive(out.subspan(filled, wanted));
    if (transfer.status == Transfer::Status::ended) {
        fail(Errc::cancelled, "the client is gone");
        return Step::failed;
    }
    if (transfer.status == Transfer::Status::would_block) {
        return Step::would_block;
    }
    consume_data(transfer.count);
    filled += transfer.count;
    return Step::progress;
}

BodyReader::Step BodyReader::read_framing() {
    if (source_.buffer.empty()) {
        const auto space = source_.buffer.free_space();
        const Transfer transfer = source_.socket.receive(space);
        if (transfer.status == Transfer::Status::would_block) {
            return Step::would_block;
        }
        if (transfer.status == Transfer::Status::ended) {
            fail(Errc::cancelled, "the client is gone");
            return Step::failed;
        }
        source_.buffer.commit(transfer.count);
        stall_deadline_ = source_.socket.deadline_after(source_.options.stall_timeout);
    }
    const auto used = decoder_.read_framing(source_.buffer.view());
    if (!used) {
        fail(used.error().code, used.error().detail);
        return Step::failed;
    }
    source_.buffer.consume(*used);
    return Step::progress;
}

}  // namespace slipway::http
