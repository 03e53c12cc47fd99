#include "adapters/localfs/disk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string_view>
#include <utility>

namespace slipway::adapters::localfs {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;
// Linux moves at most 0x7ffff000 bytes a call.
constexpr std::size_t kLargestTransfer = 1U << 30U;

template <class Call>
auto no_interrupt(Call call) -> decltype(call()) {
    while (true) {
        const auto result = call();
        if (result >= 0) {
            return result;
        }
        if (errno != EINTR) {
            return -errno;
        }
    }
}

bool fits_off_t(std::uint64_t value) {
    return value <= static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
}

class SystemDisk final : public Disk {
 public:
    explicit SystemDisk(std::function<void(double)> on_sync) : on_sync_(std::move(on_sync)) {}

    int open_path(const char* path, int flags) override {
        return no_interrupt([&] { return ::open(path, flags | O_CLOEXEC, kFileMode); });
    }

    int open(Entry entry, int flags) override {
        if (has_openat2_.load(std::memory_order_relaxed)) {
            const int file = open_beneath(entry, flags);
            if (file != -ENOSYS && file != -EPERM) {
                return file;
            }
        }
        // An old kernel, or a sandbox that does not know the call. A single name and O_NOFOLLOW
        // cannot leave the directory either.
        const int file = no_interrupt([&] {
            return ::openat(entry.directory, entry.name, flags | O_CLOEXEC | O_NOFOLLOW, kFileMode);
        });
        if (file >= 0) {
            has_openat2_.store(false, std::memory_order_relaxed);
        }
        return file;
    }

    void close(int file) override { ::close(file); }

    int make_directory(Entry entry) override {
        return no_interrupt([&] { return ::mkdirat(entry.directory, entry.name, kDirectoryMode); });
    }

    int allocate(int file, ByteOffset from, ByteCount length) override {
        if (!fits_off_t(from.value()) || !fits_off_t(length.value())) {
            return -EFBIG;
        }
        return no_interrupt([&] {
            return ::fallocate(file, 0, static_cast<off_t>(from.value()),
                               static_cast<off_t>(length.value()));
        });
    }

    int truncate(int file, ByteCount length) override {
        if (!fits_off_t(length.value())) {
            return -EFBIG;
        }
        return no_interrupt([&] { return ::ftruncate(file, static_cast<off_t>(length.value())); });
    }

    ssize_t write_at(int file, std::span<const std::byte> bytes, ByteOffset offset) override {
        if (!fits_off_t(offset.value())) {
            return -EFBIG;
        }
        const std::size_t size = std::min(bytes.size(), kLargestTransfer);
        return no_interrupt(
            [&] { return ::pwrite(file, bytes.data(), size, static_cast<off_t>(offset.value())); });
    }

    ssize_t read_at(int file, std::span<std::byte> out, ByteOffset offset) override {
        if (!fits_off_t(offset.value())) {
            return 0;
        }
        const std::size_t size = std::min(out.size(), kLargestTransfer);
        return no_interrupt(
            [&] { return ::pread(file, out.data(), size, static_cast<off_t>(offset.value())); });
    }

    ssize_t copy_range(FilePlace from, FilePlace to, ByteCount length) override {
        if (!fits_off_t(from.offset.value()) || !fits_off_t(to.offset.value())) {
            return -EFBIG;
        }
        auto source = static_cast<off_t>(from.offset.value());
        auto target = static_cast<off_t>(to.offset.value());
        const auto size =
            static_cast<std::size_t>(std::min<std::uint64_t>(length.value(), kLargestTransfer));
        return no_interrupt(
            [&] { return ::copy_file_range(from.file, &source, to.file, &target, size, 0); });
    }

    int sync_data(int file) override {
        return timed([&] { return ::fdatasync(file); });
    }

    int sync(int file) override {
        return timed([&] { return ::fsync(file); });
    }

    int rename_noreplace(Entry from, Entry to) override {
        return no_interrupt([&] {
            return ::renameat2(from.directory, from.name, to.directory, to.name, RENAME_NOREPLACE);
        });
    }

    int link(Entry from, Entry to) override {
        return no_interrupt(
            [&] { return ::linkat(from.directory, from.name, to.directory, to.name, 0); });
    }

    int unlink(Entry entry) override {
        return no_interrupt([&] { return ::unlinkat(entry.directory, entry.name, 0); });
    }

    int stat(int file, struct stat& out) override {
        return no_interrupt([&] { return ::fstat(file, &out); });
    }

    int stat_entry(Entry entry, struct stat& out) override {
        return no_interrupt(
            [&] { return ::fstatat(entry.directory, entry.name, &out, AT_SYMLINK_NOFOLLOW); });
    }

    int list(int directory, std::vector<std::string>& names) override {
        // A descriptor of its own: fdopendir takes over the one it is given, and its position.
        const int own = open_path_in(directory);
        if (own < 0) {
            return own;
        }
        DIR* stream = ::fdopendir(own);
        if (stream == nullptr) {
            const int error = errno;
            ::close(own);
            return -error;
        }
        const int result = read_names(stream, names);
        ::closedir(stream);
        return result;
    }

    int drop_cached(int file, ByteOffset offset, ByteCount length) override {
        return -::posix_fadvise(file, static_cast<off_t>(offset.value()),
                                static_cast<off_t>(length.value()), POSIX_FADV_DONTNEED);
    }

    int space(int file, struct statvfs& out) override {
        return no_interrupt([&] { return ::fstatvfs(file, &out); });
    }

    int file_system(int file, unsigned long& type) override {
        struct statfs out{};
        const int done = no_interrupt([&] { return ::fstatfs(file, &out); });
        type = static_cast<unsigned long>(out.f_type);
        return done;
    }

    int lock(int file) override {
        return no_interrupt([&] { return ::flock(file, LOCK_EX | LOCK_NB); });
    }

 private:
    static int open_beneath(Entry entry, int flags) {
        open_how how{};
        how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
        how.mode = (flags & O_CREAT) != 0 ? kFileMode : 0;
        how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
        const long file = no_interrupt(
            [&] { return ::syscall(SYS_openat2, entry.directory, entry.name, &how, sizeof how); });
        return static_cast<int>(file);
    }

    static int open_path_in(int directory) {
        return no_interrupt(
            [&] { return ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    }

    static int read_names(DIR* stream, std::vector<std::string>& names) {
        while (true) {
            errno = 0;
            const dirent* entry = ::readdir(stream);
            if (entry == nullptr) {
                return -errno;
            }
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") {
                names.emplace_back(name);
            }
        }
    }

    template <class Call>
    int timed(Call call) const {
        const auto begun = std::chrono::steady_clock::now();
        const int done = no_interrupt(call);
        if (on_sync_) {
            on_sync_(
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
        }
        return done;
    }

    const std::function<void(double)> on_sync_;
    std::atomic<bool> has_openat2_{true};
};

}  // namespace

std::shared_ptr<Disk> system_disk(std::function<void(double)> on_sync) {
    return std::make_shared<SystemDisk>(std::move(on_sync));
}

}  // namespace slipway::adapters::localfs
