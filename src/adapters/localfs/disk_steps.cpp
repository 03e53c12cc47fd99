#include "adapters/localfs/disk_steps.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/localfs/disk_error.hpp"
#include "base/seeded_bug.hpp"

namespace slipway::adapters::localfs {

int write_all(Disk& disk, int file, std::span<const std::byte> bytes, ByteOffset offset) {
    while (!bytes.empty()) {
        const ssize_t written = disk.write_at(file, bytes, offset);
        if (written == -EINTR) {
            continue;
        }
        if (written < 0) {
            return static_cast<int>(written);
        }
        if (written == 0) {
            // Not a thing that a file does: no progress is an error, not a reason to try for ever.
            return -EIO;
        }
        const auto count = static_cast<std::size_t>(written);
        if (has_bug(SeededBug::short_write_ignored)) {
            break;
        }
        bytes = bytes.subspan(count);
        offset = offset + ByteCount(count);
    }
    return 0;
}

ssize_t read_up_to(Disk& disk, int file, std::span<std::byte> out, ByteOffset offset) {
    std::size_t total = 0;
    while (total < out.size()) {
        const ssize_t got = disk.read_at(file, out.subspan(total), offset + ByteCount(total));
        if (got == -EINTR) {
            continue;
        }
        if (got < 0) {
            return got;
        }
        if (got == 0) {
            break;
        }
        total += static_cast<std::size_t>(got);
    }
    return static_cast<ssize_t>(total);
}

namespace {

constexpr std::size_t kCopyBuffer = std::size_t{1} << 20U;

bool cannot_copy_within(ssize_t outcome) {
    switch (-outcome) {
        case EXDEV:
        case EINVAL:
        case ENOSYS:
        case EOPNOTSUPP:
        case EPERM:
            return true;
        default:
            return false;
    }
}

int copy_through_memory(Disk& disk, FilePlace from, FilePlace to, ByteCount length) {
    std::vector<std::byte> buffer(std::min<std::uint64_t>(length.value(), kCopyBuffer));
    while (length > 0_B) {
        const auto wanted =
            std::span(buffer).first(std::min<std::uint64_t>(length.value(), buffer.size()));
        const ssize_t got = read_up_to(disk, from.file, wanted, from.offset);
        if (got < 0) {
            return static_cast<int>(got);
        }
        if (static_cast<std::size_t>(got) < wanted.size()) {
            return -EIO;
        }
        if (const int done = write_all(disk, to.file, wanted, to.offset); done < 0) {
            return done;
        }
        const ByteCount count(wanted.size());
        from.offset = from.offset + count;
        to.offset = to.offset + count;
        length = length - count;
    }
    return 0;
}

}  // namespace

int copy_all(Disk& disk, FilePlace from, FilePlace to, ByteCount length) {
    while (length > 0_B) {
        const ssize_t copied = disk.copy_range(from, to, length);
        if (copied == -EINTR) {
            continue;
        }
        if (cannot_copy_within(copied)) {
            return copy_through_memory(disk, from, to, length);
        }
        if (copied <= 0) {
            return copied < 0 ? static_cast<int>(copied) : -EIO;
        }
        const ByteCount count(static_cast<std::uint64_t>(copied));
        from.offset = from.offset + count;
        to.offset = to.offset + count;
        length = length - count;
    }
    return 0;
}

int rename_once(Disk& disk, Entry from, Entry to) {
    const int renamed = disk.rename_noreplace(from, to);
    if (renamed != -EINVAL && renamed != -ENOSYS) {
        return renamed;
    }
    const int linked = disk.link(from, to);
    if (linked < 0) {
        return linked;
    }
    return unlink_other_name(disk, from, to);
}

int unlink_other_name(Disk& disk, Entry other, Entry kept) {
    if (disk.sync(kept.directory) < 0) {
        return -EIO;
    }
    return disk.unlink(other);
}

Result<DiskHandle> open_directory(Disk& disk, Entry entry) {
    DiskHandle directory(disk, disk.open(entry, O_RDONLY | O_DIRECTORY));
    if (!directory) {
        return std::unexpected(
            disk_error(std::string("open directory ") + entry.name, directory.get()));
    }
    return directory;
}

Result<std::optional<struct stat>> find_entry(Disk& disk, Entry entry) {
    struct stat found{};
    const int done = disk.stat_entry(entry, found);
    if (done == -ENOENT) {
        return std::nullopt;
    }
    if (done < 0) {
        return std::unexpected(disk_error(std::string("stat ") + entry.name, done));
    }
    return found;
}

ByteCount size_of(const struct stat& file) {
    return ByteCount(static_cast<std::uint64_t>(file.st_size));
}

}  // namespace slipway::adapters::localfs
