#include "cli/put/spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/encoding.hpp"
#include "base/file_descriptor.hpp"

namespace slipway::cli {

namespace {

constexpr std::size_t kCopySize = 1 << 20;

Result<> write_fully(int descriptor, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return std::unexpected(errno_error("write the copy of standard input", errno));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Result<> copy_standard_input(int descriptor) {
    std::vector<std::byte> buffer(kCopySize);
    while (true) {
        const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return std::unexpected(errno_error("read standard input", errno));
        }
        if (count == 0) {
            return {};
        }
        const auto bytes = std::span(buffer).first(static_cast<std::size_t>(count));
        if (auto written = write_fully(descriptor, bytes); !written) {
            return written;
        }
    }
}

}  // namespace

Outcome<std::string> spool_standard_input(const std::string& directory) {
    // Without a name until it is whole: nothing is left behind by a death in between.
    const FileDescriptor file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!file) {
        return fail(errno_error("create a copy of standard input in " + directory, errno));
    }
    if (const auto copied = copy_standard_input(file.get()); !copied) {
        return fail(copied.error());
    }
    const auto own = "/proc/self/fd/" + std::to_string(file.get());
    for (unsigned i = 0;; ++i) {
        const auto path =
            directory + "/stdin-" + std::to_string(::getpid()) + "-" + std::to_string(i);
        if (::linkat(AT_FDCWD, own.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0) {
            return path;
        }
        if (errno != EEXIST) {
            return fail(errno_error("name the copy of standard input", errno));
        }
    }
}

}  // namespace slipway::cli
