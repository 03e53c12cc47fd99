#include "daemon/durable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/file_descriptor.hpp"

namespace slipway::daemon {

namespace {

constexpr std::size_t kMaxSmallFile = 64 << 10;

std::unexpected<Error> last_error(std::string_view operation, const std::filesystem::path& path) {
    return std::unexpected(errno_error(std::string(operation) + " " + path.string(), errno));
}

Result<> sync_directory(const std::filesystem::path& path) {
    const FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.get()) != 0) {
        return last_error("sync", path);
    }
    return {};
}

Result<> write_all(int descriptor, std::string_view content, const std::filesystem::path& path) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return last_error("write", path);
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

Result<> write_durably(const std::filesystem::path& path, std::string_view content) {
    std::filesystem::path beside = path;
    beside += ".new";
    {
        const FileDescriptor file(
            ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!file) {
            return last_error("create", beside);
        }
        if (auto written = write_all(file.get(), content, beside); !written) {
            return written;
        }
        if (::fsync(file.get()) != 0) {
            return last_error("sync", beside);
        }
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) {
        return last_error("rename", path);
    }
    return sync_directory(path.parent_path());
}

Result<std::string> read_small_file(const std::filesystem::path& path) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        return last_error("open", path);
    }
    std::string content;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return last_error("read", path);
        }
        if (got == 0) {
            return content;
        }
        content.append(buffer.data(), static_cast<std::size_t>(got));
        if (content.size() > kMaxSmallFile) {
            return failure(Errc::too_large, path.string() + " is larger than 64 KiB");
        }
    }
}

Result<> create_directory_durably(const std::filesystem::path& path) {
    bool made = ::mkdir(path.c_str(), 0700) == 0;
    if (!made && errno == ENOENT && path.has_parent_path() && path != path.parent_path()) {
        if (auto parent = create_directory_durably(path.parent_path()); !parent) {
            return parent;
        }
        // Once: below /proc nothing can be made although the parent is there.
        made = ::mkdir(path.c_str(), 0700) == 0;
    }
    if (made) {
        return sync_directory(path.parent_path().empty() ? "." : path.parent_path());
    }
    if (errno != EEXIST || !std::filesystem::is_directory(path)) {
        return last_error("create directory", path);
    }
    return {};
}

}  // namespace slipway::daemon
