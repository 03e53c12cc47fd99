#include "cli/put/input_stream.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace slipway::cli {

namespace {

// How late stop() is noticed by who waits for bytes.
constexpr int kPollMillis = 100;

}  // namespace

Result<> InputStream::wait_until_readable() const {
    while (!stopped_) {
        pollfd readable{.fd = descriptor_, .events = POLLIN, .revents = 0};
        const int ready = ::poll(&readable, 1, kPollMillis);
        if (ready < 0 && errno != EINTR) {
            return std::unexpected(errno_error("wait for the input", errno));
        }
        if (ready > 0) {
            // Also at its end, or where it cannot be read: read() tells which.
            return {};
        }
    }
    return failure(Errc::cancelled, "the input is not read any more");
}

Result<std::size_t> InputStream::read(std::span<std::byte> out) {
    std::size_t total = 0;
    while (total < out.size()) {
        if (auto waited = wait_until_readable(); !waited) {
            return std::unexpected(waited.error());
        }
        const auto count = ::read(descriptor_, out.data() + total, out.size() - total);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (count < 0) {
            return std::unexpected(errno_error("read the input", errno));
        }
        if (count == 0) {
            break;
        }
        total += static_cast<std::size_t>(count);
    }
    return total;
}

}  // namespace slipway::cli
