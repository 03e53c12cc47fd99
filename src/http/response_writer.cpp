#include "http/response_writer.hpp"

#include <sys/sendfile.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace slipway::http {

namespace {

// One call may block on the disk for this much; a slow disk then delays other work of the pool no
// longer.
constexpr std::uint64_t kMaxSlice = 4 << 20;

struct Sent {
    ssize_t count = 0;
    int error = 0;
};

Task<Sent> send_slice(ResponseWriter::Means& means, const FileSlice& slice, std::uint64_t done,
                      std::uint64_t count) {
    const auto offset = static_cast<off_t>(slice.range.first.value() + done);
    const int socket = means.socket.descriptor();
    auto work = [socket, offset, count, file = slice.descriptor, owner = slice.owner] {
        off_t position = offset;
        const ssize_t sent = ::sendfile(socket, file, &position, count);
        return Sent{sent, sent < 0 ? errno : 0};
    };
    co_return co_await means.blocking.run(std::move(work));
}

}  // namespace

Task<Result<>> ResponseWriter::send(const std::string& head, const ResponseBody& body) {
    if (const auto* slice = std::get_if<FileSlice>(&body)) {
        co_return co_await send_file(head, *slice);
    }
    if (const auto* stream = std::get_if<StreamBody>(&body)) {
        co_return co_await send_stream(head, *stream);
    }
    const auto* const text = std::get_if<std::string>(&body);
    const auto bytes =
        text == nullptr ? std::span<const std::byte>{} : std::as_bytes(std::span(*text));
    co_return co_await means_.socket.send_all(head, bytes, Follow::nothing, means_.stall);
}

Task<Result<>> ResponseWriter::send_file(const std::string& head, const FileSlice& slice) {
    const std::uint64_t length = slice.range.length.value();
    const auto follow = length > 0 ? Follow::more : Follow::nothing;
    auto headed = co_await means_.socket.send_all(head, {}, follow, means_.stall);
    if (!headed) {
        co_return headed;
    }
    SteadyTime deadline = means_.socket.deadline_after(means_.stall);
    std::uint64_t done = 0;
    while (done < length) {
        const auto asked = std::min(length - done, kMaxSlice);
        const Sent sent = co_await send_slice(means_, slice, done, asked);
        if (sent.count == 0) {
            co_return failure(Errc::corrupted, "the file is shorter than the answer");
        }
        if (sent.count < 0 && sent.error != EAGAIN && sent.error != EINTR) {
            co_return std::unexpected(errno_error("sendfile", sent.error));
        }
        if (sent.count > 0) {
            done += static_cast<std::uint64_t>(sent.count);
            means_.socket.count_sent(static_cast<std::size_t>(sent.count));
            deadline = means_.socket.deadline_after(means_.stall);
        }
        // A short count means that the socket is full.
        if (done < length && sent.count < static_cast<ssize_t>(asked)) {
            const Wake woken = co_await means_.socket.wait(Direction::write, deadline);
            if (woken == Wake::timed_out || woken == Wake::cut) {
                co_return std::unexpected(TimedSocket::error_of(woken));
            }
        }
    }
    co_return Result<>{};
}

Task<Result<>> ResponseWriter::send_stream(const std::string& head, const StreamBody& stream) {
    auto headed = co_await means_.socket.send_all(head, {}, Follow::nothing, means_.stall);
    std::uint64_t left = stream.length.value();
    if (!headed || left == 0) {
        co_return headed;
    }
    // Small pieces: a client that reads slowly holds its buffer all the while.
    const auto lease = co_await means_.buffers.acquire(runtime::BufferPool::kSmall);
    while (left > 0) {
        const auto room = lease.bytes().first(std::min<std::uint64_t>(left, lease.bytes().size()));
        auto count = co_await stream.source->read(room);
        if (!count) {
            co_return std::unexpected(std::move(count).error());
        }
        if (*count == 0) {
            co_return failure(Errc::corrupted, "the source ended before its length");
        }
        headed =
            co_await means_.socket.send_all({}, room.first(*count), Follow::nothing, means_.stall);
        if (!headed) {
            co_return headed;
        }
        left -= *count;
    }
    co_return Result<>{};
}

}  // namespace slipway::http
