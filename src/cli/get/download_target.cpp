#include "cli/get/download_target.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace slipway::cli {

namespace {

Outcome<> taken(const std::string& path) {
    return fail(ExitCode::conflict, path + " exists; --force overwrites it");
}

class FileTarget final : public DownloadTarget {
 public:
    FileTarget(FileDescriptor file, std::string path, std::string part, Overwrite overwrite,
               std::uint64_t existing)
        : file_(std::move(file)),
          path_(std::move(path)),
          part_(std::move(part)),
          overwrite_(overwrite),
          existing_(existing) {}

    std::uint64_t existing() const override { return existing_; }

    Result<std::size_t> read_at(std::span<std::byte> out, std::uint64_t offset) const override {
        const auto count = ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
        if (count < 0) {
            return std::unexpected(errno_error("read " + part_, errno));
        }
        return static_cast<std::size_t>(count);
    }

    Result<> write_at(std::span<const std::byte> bytes, std::uint64_t offset) override {
        while (!bytes.empty()) {
            const auto count =
                ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count < 0) {
                return std::unexpected(errno_error("write " + part_, errno));
            }
            bytes = bytes.subspan(static_cast<std::size_t>(count));
            offset += static_cast<std::uint64_t>(count);
        }
        return {};
    }

    bool cut(std::uint64_t length) override {
        return ::ftruncate(file_.get(), static_cast<off_t>(length)) == 0;
    }

    Outcome<> commit() override {
        if (::fsync(file_.get()) != 0) {
            return fail(errno_error("sync " + part_, errno));
        }
        if (auto renamed = rename(); !renamed) {
            return renamed;
        }
        const auto slash = path_.rfind('/');
        const auto directory = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
        const FileDescriptor parent(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!parent || ::fsync(parent.get()) != 0) {
            return fail(errno_error("sync " + directory, errno));
        }
        return {};
    }

 private:
    Outcome<> rename() {
        if (overwrite_ == Overwrite::no) {
            if (::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) ==
                0) {
                return {};
            }
            if (errno == EEXIST) {
                return taken(path_);
            }
            // File systems without that flag: the check of before must do.
            if (errno != EINVAL || ::access(path_.c_str(), F_OK) == 0) {
                return fail(errno_error("rename to " + path_, errno));
            }
        }
        if (::rename(part_.c_str(), path_.c_str()) != 0) {
            return fail(errno_error("rename to " + path_, errno));
        }
        return {};
    }

    const FileDescriptor file_;
    const std::string path_;
    const std::string part_;
    const Overwrite overwrite_;
    const std::uint64_t existing_;
};

class StandardOutput final : public DownloadTarget {
 public:
    std::uint64_t existing() const override { return 0; }
    Result<std::size_t> read_at(std::span<std::byte>, std::uint64_t) const override { return 0; }

    Result<> write_at(std::span<const std::byte> bytes, std::uint64_t) override {
        while (!bytes.empty()) {
            const auto count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count < 0) {
                return std::unexpected(errno_error("write to standard output", errno));
            }
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
        return {};
    }

    bool cut(std::uint64_t) override { return false; }
    Outcome<> commit() override { return {}; }
};

}  // namespace

Outcome<std::unique_ptr<DownloadTarget>> open_file_target(const std::string& path,
                                                          const std::string& part,
                                                          Overwrite overwrite) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) == 0) {
        if (overwrite == Overwrite::no) {
            return std::unexpected(taken(path).error());
        }
        if (S_ISDIR(status.st_mode)) {
            return fail(ExitCode::conflict, path + " is a directory");
        }
    }
    constexpr mode_t kMode = 0666;
    FileDescriptor file(::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode));
    if (!file) {
        return fail(errno_error("open " + part, errno));
    }
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(ExitCode::conflict, "another slipway is downloading to " + part);
    }
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return fail(ExitCode::conflict, part + " is in the way");
    }
    return std::make_unique<FileTarget>(std::move(file), path, part, overwrite,
                                        static_cast<std::uint64_t>(status.st_size));
}

std::unique_ptr<DownloadTarget> open_standard_output() {
    return std::make_unique<StandardOutput>();
}

}  // namespace slipway::cli
