// The part of SimulatedDisk that works on open files and tells about them.
#include <fcntl.h>
#include <linux/magic.h>

#include <algorithm>
#include <cstring>

#include "sim/simulated_disk.hpp"

namespace slipway::sim {
namespace {

constexpr std::uint64_t kBlockSize = 4096;
constexpr std::uint64_t kBlocks = std::uint64_t{1} << 20U;

}  // namespace

int SimulatedDisk::stand_in_for(std::string_view name) {
    return perform({.name = name, .effect = Effect::changes}, []() -> int { return 0; });
}

int SimulatedDisk::allocate(int file, ByteOffset from, ByteCount length) {
    const auto size = static_cast<std::size_t>((from + length).value());
    return perform({.name = "fallocate",
                    .effect = Effect::changes,
                    .file = file,
                    .amount = length.value(),
                    .offset = from.value()},
                   [&]() -> int {
                       const Handle* target = handle(file);
                       if (target == nullptr || !target->writable) {
                           return -EBADF;
                       }
                       if (!features_.allocate) {
                           return -EOPNOTSUPP;
                       }
                       if (image_.content(target->node).size() < size) {
                           image_.resize(target->node, size);
                       }
                       return 0;
                   });
}

int SimulatedDisk::truncate(int file, ByteCount length) {
    const auto size = static_cast<std::size_t>(length.value());
    return perform({.name = "ftruncate", .effect = Effect::changes, .file = file, .amount = size},
                   [&]() -> int {
                       const Handle* target = handle(file);
                       if (target == nullptr || !target->writable) {
                           return -EBADF;
                       }
                       image_.resize(target->node, size);
                       return 0;
                   });
}

ssize_t SimulatedDisk::write_at(int file, std::span<const std::byte> bytes, ByteOffset offset) {
    return perform({.name = "pwrite",
                    .effect = Effect::changes,
                    .is_write = true,
                    .file = file,
                    .amount = bytes.size(),
                    .offset = offset.value()},
                   [&]() -> ssize_t {
                       const Handle* target = handle(file);
                       if (target == nullptr || !target->writable) {
                           return -EBADF;
                       }
                       image_.write(target->node, bytes.first(allowed_),
                                    static_cast<std::size_t>(offset.value()));
                       return static_cast<ssize_t>(allowed_);
                   });
}

ssize_t SimulatedDisk::read_at(int file, std::span<std::byte> out, ByteOffset offset) {
    return perform({.name = "pread", .file = file, .amount = out.size(), .offset = offset.value()},
                   [&]() -> ssize_t {
                       const Handle* source = handle(file);
                       if (source == nullptr) {
                           return -EBADF;
                       }
                       const std::string& content = image_.content(source->node);
                       const auto begin = std::min<std::size_t>(offset.value(), content.size());
                       const std::size_t count = std::min(out.size(), content.size() - begin);
                       std::memcpy(out.data(), content.data() + begin, count);
                       return static_cast<ssize_t>(count);
                   });
}

ssize_t SimulatedDisk::copy_range(FilePlace from, FilePlace to, ByteCount length) {
    return perform({.name = "copy_file_range",
                    .effect = Effect::changes,
                    .is_write = true,
                    .file = to.file,
                    .amount = length.value(),
                    .offset = to.offset.value()},
                   [&]() -> ssize_t {
                       const Handle* source = handle(from.file);
                       const Handle* target = handle(to.file);
                       if (source == nullptr || target == nullptr || !target->writable) {
                           return -EBADF;
                       }
                       if (!features_.copy_range) {
                           return -EOPNOTSUPP;
                       }
                       const std::string& content = image_.content(source->node);
                       const auto begin =
                           std::min<std::size_t>(from.offset.value(), content.size());
                       const std::string bytes =
                           content.substr(begin, std::min<std::size_t>(allowed_, length.value()));
                       image_.write(target->node, std::as_bytes(std::span(bytes)),
                                    static_cast<std::size_t>(to.offset.value()));
                       return static_cast<ssize_t>(bytes.size());
                   });
}

int SimulatedDisk::sync_node(const Call& call) {
    return perform(call, [&]() -> int {
        const Handle* target = handle(call.file);
        if (target == nullptr) {
            return -EBADF;
        }
        image_.sync(target->node);
        return 0;
    });
}

int SimulatedDisk::sync_data(int file) {
    const int synced =
        sync_node({.name = "fdatasync", .effect = Effect::changes, .is_sync = true, .file = file});
    if (synced < 0 || !meanwhile_) {
        return synced;
    }
    std::exchange(meanwhile_, nullptr)();
    return crashed_ ? -EIO : synced;
}

int SimulatedDisk::sync(int file) {
    return sync_node({.name = "fsync", .effect = Effect::changes, .is_sync = true, .file = file});
}

void SimulatedDisk::describe(Inode node, struct stat& out) const {
    out = {};
    out.st_ino = node + 1;
    if (image_.kind(node) == DiskImage::Kind::directory) {
        out.st_mode = S_IFDIR | 0700U;
    } else {
        out.st_mode = S_IFREG | 0600U;
        out.st_size = static_cast<off_t>(image_.content(node).size());
    }
}

int SimulatedDisk::stat(int file, struct stat& out) {
    return perform({.name = "fstat", .file = file}, [&]() -> int {
        const Handle* target = handle(file);
        if (target == nullptr) {
            return -EBADF;
        }
        describe(target->node, out);
        return 0;
    });
}

int SimulatedDisk::stat_entry(Entry entry, struct stat& out) {
    return perform({.name = "stat", .file = entry.directory, .entry = entry.name}, [&]() -> int {
        Place place;
        if (const int resolved = resolve(entry, place); resolved < 0) {
            return resolved;
        }
        const auto node = image_.find(place.directory, place.name);
        if (!node) {
            return -ENOENT;
        }
        describe(*node, out);
        return 0;
    });
}

int SimulatedDisk::list(int directory, std::vector<std::string>& names) {
    return perform({.name = "list", .file = directory}, [&]() -> int {
        const Handle* target = handle(directory);
        if (target == nullptr) {
            return -EBADF;
        }
        for (const auto& [name, node] : image_.names(target->node)) {
            names.push_back(name);
        }
        std::ranges::sort(names);
        return 0;
    });
}

int SimulatedDisk::drop_cached(int file, ByteOffset, ByteCount) {
    // What is read here always is what was written.
    return perform({.name = "fadvise", .file = file}, [&]() -> int { return 0; });
}

int SimulatedDisk::space(int file, struct statvfs& out) {
    return perform({.name = "statvfs", .file = file}, [&]() -> int {
        out = {};
        out.f_frsize = kBlockSize;
        out.f_blocks = kBlocks;
        out.f_bavail = kBlocks;
        return 0;
    });
}

int SimulatedDisk::file_system(int file, unsigned long& type) {
    return perform({.name = "statfs", .file = file}, [&]() -> int {
        type = EXT4_SUPER_MAGIC;
        return 0;
    });
}

int SimulatedDisk::lock(int file) {
    return perform({.name = "flock", .file = file}, [&]() -> int {
        const Handle* target = handle(file);
        if (target == nullptr) {
            return -EBADF;
        }
        return locks_.try_emplace(target->node, file).first->second == file ? 0 : -EWOULDBLOCK;
    });
}

std::string SimulatedDisk::text_of(const Call& call) {
    std::string text(call.name);
    if (const Handle* subject = handle(call.file)) {
        text += " #" + std::to_string(subject->node);
    }
    if (call.entry != nullptr) {
        text += std::string(" ") + call.entry;
    }
    if (call.amount > 0) {
        text += " " + std::to_string(call.amount) + " at " + std::to_string(call.offset);
    }
    return text;
}

}  // namespace slipway::sim
