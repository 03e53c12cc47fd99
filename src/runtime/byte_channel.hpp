// ByteChannel: hands bytes from one coroutine to another without a buffer between them: who comes
// second copies. So a body that is pushed becomes one that is pulled, and the other way round, and
// neither side runs ahead of the other.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <span>

#include "base/result.hpp"
#include "runtime/one_shot.hpp"
#include "runtime/task.hpp"

namespace slipway::runtime {

// One giver and one taker, on any event loops. Each keeps its memory until its call has ended.
class ByteChannel final {
 public:
    ByteChannel() = default;
    ByteChannel(const ByteChannel&) = delete;
    ByteChannel& operator=(const ByteChannel&) = delete;

    // Completes when every byte was taken. Errors: that of break_off().
    Task<Result<>> give(std::span<const std::byte> bytes);
    // At least one byte, at most out.size(), which is not 0; nothing once finish() was called.
    // Errors: that of break_off().
    Task<Result<std::size_t>> take(std::span<std::byte> out);

    // No more bytes are given.
    void finish();
    // From now on every call, and those that wait, end with this error; the first one stays.
    void break_off(const Error& error);

 private:
    using Given = OneShot<Result<>>;
    using Taken = OneShot<Result<std::size_t>>;

    std::optional<Result<>> give_now(std::span<const std::byte> bytes, const Given& given);
    std::optional<Result<std::size_t>> take_now(std::span<std::byte> out, const Taken& taken);

    std::mutex mutex_;
    std::span<const std::byte> offered_;
    std::optional<Given> giver_;
    std::span<std::byte> wanted_;
    std::optional<Taken> taker_;
    bool finished_ = false;
    std::optional<Error> broken_;
};

}  // namespace slipway::runtime
