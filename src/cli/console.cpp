#include "cli/console.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "cli/text.hpp"

namespace slipway::cli {

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(descriptor, text.data(), text.size());
        if (count > 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            // Standard output may share its open file with a program that made it non-blocking.
            pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool print_line(std::string_view text) {
    return write_all(STDOUT_FILENO, std::string(text) + "\n");
}

void print_error(std::string_view text) {
    write_all(STDERR_FILENO, "slipway: " + printable(text) + "\n");
}

}  // namespace slipway::cli
