#include "sim/simulated_disk.hpp"

#include <fcntl.h>

#include <algorithm>

namespace slipway::sim {
namespace {

// Above what a process may open, and below what sanitizers think a descriptor can be.
constexpr int kFirstDescriptor = 1 << 28;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    hash ^= value + 0x9e3779b97f4a7c15U + (hash << 6U) + (hash >> 2U);
    return hash * 0xff51afd7ed558ccdU;
}

std::uint64_t mix(std::uint64_t hash, std::string_view text) {
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return hash;
}

}  // namespace

void SimulatedDisk::arm(DiskFault fault) {
    fault_ = fault;
    calls_ = 0;
    changes_ = 0;
    writes_ = 0;
    fired_ = false;
}

void SimulatedDisk::restart() {
    handles_.clear();
    locks_.clear();
    open_ = 0;
    meanwhile_ = nullptr;
    crashed_ = false;
    disarm();
}

void SimulatedDisk::restart(PowerCut cut) {
    image_.cut(cut);
    restart();
}

// A process that is interrupted time after time still comes on in the end: of a write or a read
// that goes on after an interruption, every third attempt is let through.
bool SimulatedDisk::is_hit(const Call& call) {
    const bool only_writes =
        fault_.kind == FaultKind::torn || fault_.kind == FaultKind::short_write;
    if (fault_.kind == FaultKind::none || (only_writes && !call.is_write)) {
        return false;
    }
    const std::size_t number = only_writes ? writes_ : calls_;
    if (number < fault_.at || (fault_.lasting == Lasting::once && number > fault_.at)) {
        return false;
    }
    const bool moves_bytes = call.is_write || call.name == "pread";
    if (fault_.kind == FaultKind::error && fault_.error == EINTR && moves_bytes) {
        interrupted_in_a_row_ = (interrupted_in_a_row_ + 1) % 3;
        return interrupted_in_a_row_ != 0;
    }
    return true;
}

void SimulatedDisk::note(const Call& call, long outcome) {
    trace_ = mix(trace_, static_cast<std::uint64_t>(outcome));
    if (call.effect == Effect::changes) {
        trace_ = mix(mix(trace_, call.name), call.entry == nullptr ? "" : call.entry);
        trace_ = mix(mix(trace_, call.amount), call.offset);
    }
    if (recording_) {
        recorded_.push_back(text_of(call) + " = " + std::to_string(outcome));
    }
}

std::size_t SimulatedDisk::allowed(FaultKind kind, std::uint64_t amount) const {
    const auto size = static_cast<std::size_t>(amount);
    switch (kind) {
        case FaultKind::short_write:
            return std::max<std::size_t>(1, size / 2);
        case FaultKind::torn:
            return prefix_of(fault_.prefix, size);
        default:
            return size;
    }
}

void SimulatedDisk::fail(const Call& call) {
    if (const Handle* failed = handle(call.file); failed != nullptr && call.is_sync) {
        image_.fail_sync(failed->node);
    }
}

SimulatedDisk::Handle* SimulatedDisk::handle(int file) {
    const auto index = static_cast<std::size_t>(file - kFirstDescriptor);
    const bool known = file >= kFirstDescriptor && index < handles_.size() && handles_[index].open;
    return known ? &handles_[index] : nullptr;
}

int SimulatedDisk::open_node(Inode node, int flags) {
    const bool is_directory = image_.kind(node) == DiskImage::Kind::directory;
    const bool writable = (flags & O_ACCMODE) != O_RDONLY;
    if ((flags & O_DIRECTORY) != 0 && !is_directory) {
        return -ENOTDIR;
    }
    if (is_directory && writable) {
        return -EISDIR;
    }
    if ((flags & O_TRUNC) != 0) {
        image_.resize(node, 0);
    }
    handles_.push_back({.node = node, .writable = writable});
    ++open_;
    return kFirstDescriptor + static_cast<int>(handles_.size()) - 1;
}

int SimulatedDisk::open_or_create(Place place, int flags) {
    if (place.name.empty()) {
        return open_node(place.directory, flags);
    }
    const auto found = image_.find(place.directory, place.name);
    if (!found && (flags & O_CREAT) == 0) {
        return -ENOENT;
    }
    if (found && (flags & O_EXCL) != 0) {
        return -EEXIST;
    }
    return open_node(
        found ? *found : image_.create(place.directory, place.name, DiskImage::Kind::file), flags);
}

int SimulatedDisk::resolve(std::string_view path, Place& out) const {
    out = {.directory = DiskImage::kRoot, .name = {}};
    while (!path.empty()) {
        const std::string_view name = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), name.size() + 1));
        if (name.empty() || name == ".") {
            continue;
        }
        if (!out.name.empty()) {
            const auto next = image_.find(out.directory, out.name);
            if (!next) {
                return -ENOENT;
            }
            out.directory = *next;
        }
        if (image_.kind(out.directory) != DiskImage::Kind::directory) {
            return -ENOTDIR;
        }
        out.name = name;
    }
    return 0;
}

int SimulatedDisk::resolve(Entry entry, Place& out) {
    if (entry.directory == AT_FDCWD || entry.name[0] == '/') {
        return resolve(std::string_view(entry.name), out);
    }
    const Handle* directory = handle(entry.directory);
    if (directory == nullptr) {
        return -EBADF;
    }
    if (image_.kind(directory->node) != DiskImage::Kind::directory) {
        return -ENOTDIR;
    }
    out = {.directory = directory->node, .name = entry.name};
    return 0;
}

int SimulatedDisk::open_path(const char* path, int flags) {
    return perform({.name = "open", .entry = path}, [&]() -> int {
        Place place;
        const int resolved = resolve(std::string_view(path), place);
        return resolved < 0 ? resolved : open_or_create(place, flags);
    });
}

int SimulatedDisk::open(Entry entry, int flags) {
    const bool creates = (flags & (O_CREAT | O_TRUNC)) != 0;
    return perform({.name = "open",
                    .effect = creates ? Effect::changes : Effect::reads,
                    .file = entry.directory,
                    .entry = entry.name},
                   [&]() -> int {
                       Place place;
                       const int resolved = resolve(entry, place);
                       return resolved < 0 ? resolved : open_or_create(place, flags);
                   });
}

void SimulatedDisk::close(int file) {
    if (Handle* closed = handle(file)) {
        closed->open = false;
        --open_;
        if (const auto held = locks_.find(closed->node);
            held != locks_.end() && held->second == file) {
            locks_.erase(held);
        }
    }
}

int SimulatedDisk::make_directory(Entry entry) {
    return perform(
        {.name = "mkdir", .effect = Effect::changes, .file = entry.directory, .entry = entry.name},
        [&]() -> int {
            Place place;
            if (const int resolved = resolve(entry, place); resolved < 0) {
                return resolved;
            }
            if (image_.find(place.directory, place.name)) {
                return -EEXIST;
            }
            image_.create(place.directory, place.name, DiskImage::Kind::directory);
            return 0;
        });
}

int SimulatedDisk::rename_noreplace(Entry from, Entry to) {
    return perform(
        {.name = "rename", .effect = Effect::changes, .file = from.directory, .entry = from.name},
        [&]() -> int {
            Place source;
            Place target;
            if (!features_.rename_noreplace) {
                return -EINVAL;
            }
            if (resolve(from, source) < 0 || resolve(to, target) < 0 ||
                !image_.find(source.directory, source.name)) {
                return -ENOENT;
            }
            if (image_.find(target.directory, target.name)) {
                return -EEXIST;
            }
            image_.rename(source.directory, source.name, target.directory, target.name);
            return 0;
        });
}

int SimulatedDisk::link(Entry from, Entry to) {
    return perform(
        {.name = "link", .effect = Effect::changes, .file = from.directory, .entry = from.name},
        [&]() -> int {
            Place source;
            Place target;
            if (resolve(from, source) < 0 || resolve(to, target) < 0) {
                return -ENOENT;
            }
            const auto node = image_.find(source.directory, source.name);
            if (!node) {
                return -ENOENT;
            }
            if (image_.find(target.directory, target.name)) {
                return -EEXIST;
            }
            image_.link(target.directory, target.name, *node);
            return 0;
        });
}

int SimulatedDisk::unlink(Entry entry) {
    return perform(
        {.name = "unlink", .effect = Effect::changes, .file = entry.directory, .entry = entry.name},
        [&]() -> int {
            Place place;
            if (const int resolved = resolve(entry, place); resolved < 0) {
                return resolved;
            }
            if (!image_.find(place.directory, place.name)) {
                return -ENOENT;
            }
            image_.unlink(place.directory, place.name);
            return 0;
        });
}

}  // namespace slipway::sim
