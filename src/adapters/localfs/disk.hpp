// Disk: every system call that the localfs adapter makes, so that a test can fail any of them,
// shorten a write or stop the world between two (tests/support/faulty_disk.hpp). No decisions here:
// one method is one call.
//
// All methods are thread-safe and answer a value that is not negative, or the negated errno.
#pragma once

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace slipway::adapters::localfs {

// A name within an open directory. It has no slash; a symbolic link of that name is not followed.
struct Entry {
    int directory;
    const char* name;
};

struct FilePlace {
    int file;
    ByteOffset offset;
};

class Disk {
 public:
    virtual ~Disk() = default;

    // By path, through symbolic links: for the root of the store and for what is above it.
    virtual int open_path(const char* path, int flags) = 0;
    // New files get the mode 0600.
    virtual int open(Entry entry, int flags) = 0;
    // Of a descriptor that one of the two gave. Its errors are not told.
    virtual void close(int file) = 0;
    // With the mode 0700. AT_FDCWD and a path, for what is above the root.
    virtual int make_directory(Entry entry) = 0;
    // fallocate(2): reserves the blocks of a range, and sets the size where it ends behind it.
    virtual int allocate(int file, ByteOffset from, ByteCount length) = 0;
    virtual int truncate(int file, ByteCount length) = 0;
    virtual ssize_t write_at(int file, std::span<const std::byte> bytes, ByteOffset offset) = 0;
    virtual ssize_t read_at(int file, std::span<std::byte> out, ByteOffset offset) = 0;
    // copy_file_range(2), of at most `length` bytes: -EXDEV, -EINVAL, -EOPNOTSUPP or -ENOSYS where
    // the file system or the kernel cannot.
    virtual ssize_t copy_range(FilePlace from, FilePlace to, ByteCount length) = 0;
    // posix_fadvise(2) with POSIX_FADV_DONTNEED: a wish, which the kernel may not follow.
    virtual int drop_cached(int file, ByteOffset offset, ByteCount length) = 0;
    // fdatasync(2).
    virtual int sync_data(int file) = 0;
    // fsync(2), of a file or of a directory.
    virtual int sync(int file) = 0;
    // renameat2(2) with RENAME_NOREPLACE: -EEXIST where `to` exists, -EINVAL where the file system
    // cannot.
    virtual int rename_noreplace(Entry from, Entry to) = 0;
    virtual int link(Entry from, Entry to) = 0;
    virtual int unlink(Entry entry) = 0;
    virtual int stat(int file, struct stat& out) = 0;
    virtual int stat_entry(Entry entry, struct stat& out) = 0;
    // Names in the directory, without "." and "..".
    virtual int list(int directory, std::vector<std::string>& names) = 0;
    virtual int space(int file, struct statvfs& out) = 0;
    // f_type of statfs(2).
    virtual int file_system(int file, unsigned long& type) = 0;
    // flock(2), exclusive, without waiting: -EWOULDBLOCK where somebody holds it.
    virtual int lock(int file) = 0;
};

// The real one. `on_sync` is told how many seconds each fsync or fdatasync took, on the thread that
// made it.
std::shared_ptr<Disk> system_disk(std::function<void(double)> on_sync = nullptr);

}  // namespace slipway::adapters::localfs
