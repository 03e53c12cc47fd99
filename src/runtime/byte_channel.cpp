#include "runtime/byte_channel.hpp"

#include <algorithm>
#include <cstring>

namespace slipway::runtime {

Task<Result<>> ByteChannel::give(std::span<const std::byte> bytes) {
    const Given given;
    if (auto ended = give_now(bytes, given)) {
        co_return *std::move(ended);
    }
    co_return co_await given.wait();
}

std::optional<Result<>> ByteChannel::give_now(std::span<const std::byte> bytes,
                                              const Given& given) {
    const std::scoped_lock lock(mutex_);
    if (broken_) {
        return std::unexpected(*broken_);
    }
    if (taker_ && !bytes.empty()) {
        const std::size_t count = std::min(wanted_.size(), bytes.size());
        std::memcpy(wanted_.data(), bytes.data(), count);
        bytes = bytes.subspan(count);
        taker_->deliver(count);
        taker_.reset();
    }
    if (bytes.empty()) {
        return Result<>();
    }
    offered_ = bytes;
    giver_ = given;
    return std::nullopt;
}

Task<Result<std::size_t>> ByteChannel::take(std::span<std::byte> out) {
    const Taken taken;
    if (auto ended = take_now(out, taken)) {
        co_return *std::move(ended);
    }
    co_return co_await taken.wait();
}

std::optional<Result<std::size_t>> ByteChannel::take_now(std::span<std::byte> out,
                                                         const Taken& taken) {
    const std::scoped_lock lock(mutex_);
    if (broken_) {
        return std::unexpected(*broken_);
    }
    if (giver_) {
        const std::size_t count = std::min(out.size(), offered_.size());
        std::memcpy(out.data(), offered_.data(), count);
        offered_ = offered_.subspan(count);
        if (offered_.empty()) {
            giver_->deliver({});
            giver_.reset();
        }
        return count;
    }
    if (finished_) {
        return 0U;
    }
    wanted_ = out;
    taker_ = taken;
    return std::nullopt;
}

void ByteChannel::finish() {
    const std::scoped_lock lock(mutex_);
    finished_ = true;
    if (taker_) {
        taker_->deliver(0U);
        taker_.reset();
    }
}

void ByteChannel::break_off(const Error& error) {
    const std::scoped_lock lock(mutex_);
    if (broken_) {
        return;
    }
    broken_ = error;
    if (giver_) {
        giver_->deliver(std::unexpected(error));
        giver_.reset();
    }
    if (taker_) {
        taker_->deliver(std::unexpected(error));
        taker_.reset();
    }
}

}  // namespace slipway::runtime
