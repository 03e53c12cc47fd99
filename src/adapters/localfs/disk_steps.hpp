// Operations of more than one system call that several parts of the adapter need.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "adapters/localfs/disk.hpp"
#include "adapters/localfs/disk_handle.hpp"
#include "base/result.hpp"
#include "base/units.hpp"

namespace slipway::adapters::localfs {

// Writes all bytes, through short writes and interruptions. 0, or the negated errno; then any
// number of the bytes may have been written.
int write_all(Disk& disk, int file, std::span<const std::byte> bytes, ByteOffset offset);

// Reads up to out.size() bytes; fewer only at the end of the file. The count, or the negated errno.
ssize_t read_up_to(Disk& disk, int file, std::span<std::byte> out, ByteOffset offset);

// Copies all bytes from file to file: within the kernel, or through memory where that cannot be.
// 0, or the negated errno, -EIO where the source ends early; then any number of them may have been
// copied.
int copy_all(Disk& disk, FilePlace from, FilePlace to, ByteCount length);

// Renames without replacing; by link, fsync and unlink where the file system cannot do it in one.
// 0, or the negated errno. A crash within the second way leaves both names, which name the same
// file.
int rename_once(Disk& disk, Entry from, Entry to);

// Of a file with two names, takes one away once the other is durable: two directories reach the
// disk in any order, and the file must not be without a name between. 0, or the negated errno;
// -EIO, as of a broken disk, whatever the sync failed with: the name may be lost and another sync
// not say so.
int unlink_other_name(Disk& disk, Entry other, Entry kept);

// The named directory within another, open for use in an Entry and for Disk::sync.
Result<DiskHandle> open_directory(Disk& disk, Entry entry);

// What the name stands for; nothing where there is no such name.
Result<std::optional<struct stat>> find_entry(Disk& disk, Entry entry);

ByteCount size_of(const struct stat& file);

}  // namespace slipway::adapters::localfs
