#include "adapters/localfs/root.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "adapters/localfs/disk_error.hpp"
#include "adapters/localfs/disk_steps.hpp"

namespace slipway::adapters::localfs {
namespace {

constexpr const char* kFormatName = "format";
constexpr const char* kNewFormatName = "format.new";
constexpr const char* kLockName = "lock";
constexpr std::string_view kFormatPrefix = "slipway-blobs ";

std::array<char, 3> shard_name(std::size_t index) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    return {kDigits[index >> 4U], kDigits[index & 15U], '\0'};
}

std::filesystem::path parent_of(const std::filesystem::path& path) {
    const auto parent = path.parent_path();
    return parent.empty() ? std::filesystem::path(".") : parent;
}

Result<> sync_path(Disk& disk, const std::filesystem::path& path) {
    const DiskHandle directory(disk, disk.open_path(path.c_str(), O_RDONLY | O_DIRECTORY));
    if (directory.get() == -EACCES) {
        // A directory that we may enter but not read is not one that we create in.
        return {};
    }
    if (!directory) {
        return std::unexpected(disk_error("open " + path.string(), directory.get()));
    }
    if (const int synced = disk.sync(directory.get()); synced < 0) {
        return std::unexpected(disk_error("fsync of " + path.string(), synced));
    }
    return {};
}

// Opens the directory, creating it and what is above it; the entry of each is durable.
Result<DiskHandle> make_path(Disk& disk, const std::filesystem::path& path) {
    DiskHandle directory(disk, disk.open_path(path.c_str(), O_RDONLY | O_DIRECTORY));
    if (directory.get() == -ENOENT) {
        if (auto above = make_path(disk, parent_of(path)); !above) {
            return above;
        }
        const int made = disk.make_directory({AT_FDCWD, path.c_str()});
        if (made < 0 && made != -EEXIST) {
            return std::unexpected(disk_error("mkdir " + path.string(), made));
        }
        directory = DiskHandle(disk, disk.open_path(path.c_str(), O_RDONLY | O_DIRECTORY));
    }
    if (!directory) {
        return std::unexpected(disk_error("open " + path.string(), directory.get()));
    }
    // Also where it existed: whoever created it may have crashed before its entry was durable.
    if (auto synced = sync_path(disk, parent_of(path)); !synced) {
        return std::unexpected(synced.error());
    }
    return directory;
}

}  // namespace

Root::Root(std::shared_ptr<Disk> disk, std::string path, DiskHandle root)
    : disk_(std::move(disk)), path_(std::move(path)), root_(std::move(root)) {}

Result<Root> Root::open(std::shared_ptr<Disk> disk, std::string path) {
    // "data/" has an empty last component, and no parent that is another directory.
    while (path.size() > 1 && path.back() == '/') {
        path.pop_back();
    }
    auto directory = make_path(*disk, path);
    if (!directory) {
        return std::unexpected(directory.error());
    }
    Root root(std::move(disk), std::move(path), std::move(*directory));
    if (auto ready = root.prepare(); !ready) {
        return std::unexpected(ready.error());
    }
    auto staging = root.make_area("staging");
    auto files = root.make_area("files");
    auto trash = root.make_area("trash");
    for (const auto* area : {&staging, &files, &trash}) {
        if (!*area) {
            return std::unexpected(area->error());
        }
    }
    if (const int synced = root.disk_->sync(root.root_.get()); synced < 0) {
        return std::unexpected(disk_error("fsync of " + root.path_, synced));
    }
    root.staging_ = std::move(*staging);
    root.files_ = std::move(*files);
    root.trash_ = std::move(*trash);
    return root;
}

Result<> Root::prepare() {
    if (auto ours = refuse_foreign_content(); !ours) {
        return ours;
    }
    if (auto locked = take_lock(); !locked) {
        return locked;
    }
    return read_or_write_format();
}

Result<> Root::refuse_foreign_content() const {
    std::vector<std::string> names;
    if (const int listed = disk_->list(root_.get(), names); listed < 0) {
        return std::unexpected(disk_error("list " + path_, listed));
    }
    if (std::ranges::find(names, kFormatName) != names.end()) {
        return {};
    }
    for (const std::string& name : names) {
        // What an interrupted first start leaves, and what every new ext4 file system has.
        if (name != kLockName && name != kNewFormatName && name != "lost+found") {
            return failure(Errc::invalid, path_ + " holds \"" + name +
                                              "\" but no format file: it is not a blob root, and "
                                              "is left alone");
        }
    }
    return {};
}

Result<> Root::take_lock() {
    lock_ = DiskHandle(*disk_, disk_->open({root_.get(), kLockName}, O_RDWR | O_CREAT));
    if (!lock_) {
        return std::unexpected(disk_error("open " + path_ + "/lock", lock_.get()));
    }
    const int locked = disk_->lock(lock_.get());
    if (locked == -EWOULDBLOCK) {
        return failure(Errc::conflict, "another process uses the blob root " + path_);
    }
    if (locked < 0) {
        return std::unexpected(disk_error("flock of " + path_ + "/lock", locked));
    }
    return {};
}

Result<> Root::read_or_write_format() const {
    const DiskHandle file(*disk_, disk_->open({root_.get(), kFormatName}, O_RDONLY));
    if (file.get() == -ENOENT) {
        return write_format();
    }
    if (!file) {
        return std::unexpected(disk_error("open " + path_ + "/format", file.get()));
    }
    std::array<char, 64> buffer{};
    const ssize_t got =
        read_up_to(*disk_, file.get(), std::as_writable_bytes(std::span(buffer)), {});
    if (got < 0) {
        return std::unexpected(disk_error("read " + path_ + "/format", got));
    }
    const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    if (text == kFormat) {
        return {};
    }
    if (!text.starts_with(kFormatPrefix) || !text.ends_with('\n')) {
        return failure(Errc::invalid, path_ + "/format is not the format file of a blob root");
    }
    const auto version = text.substr(kFormatPrefix.size(), text.size() - kFormatPrefix.size() - 1);
    return failure(Errc::unsupported, "the blob root " + path_ + " has format version " +
                                          std::string(version) +
                                          "; this program knows version 1 only");
}

Result<> Root::write_format() const {
    const Entry fresh{root_.get(), kNewFormatName};
    const DiskHandle file(*disk_, disk_->open(fresh, O_WRONLY | O_CREAT | O_TRUNC));
    if (!file) {
        return std::unexpected(disk_error("create " + path_ + "/format.new", file.get()));
    }
    int done = write_all(*disk_, file.get(), std::as_bytes(std::span(kFormat)), {});
    if (done == 0) {
        done = disk_->sync(file.get());
    }
    if (done == 0) {
        done = rename_once(*disk_, fresh, {root_.get(), kFormatName});
    }
    // Durable before anything is created beside it: a root with content always has its format.
    if (done == 0) {
        done = disk_->sync(root_.get());
    }
    if (done < 0) {
        return std::unexpected(disk_error("write " + path_ + "/format", done));
    }
    return {};
}

Result<DiskHandle> Root::make_area(const char* name) const {
    const Entry entry{root_.get(), name};
    const int made = disk_->make_directory(entry);
    if (made < 0 && made != -EEXIST) {
        return std::unexpected(disk_error("mkdir " + path_ + "/" + name, made));
    }
    auto area = open_directory(*disk_, entry);
    if (!area) {
        return area;
    }
    if (auto made_all = make_shards(area->get(), name); !made_all) {
        return std::unexpected(made_all.error());
    }
    // Also where nothing was missing: whoever made the shards may have died before this.
    if (const int synced = disk_->sync(area->get()); synced < 0) {
        return std::unexpected(disk_error("fsync of " + path_ + "/" + name, synced));
    }
    return area;
}

Result<> Root::make_shards(int area, const std::string& name) const {
    std::vector<std::string> names;
    if (const int listed = disk_->list(area, names); listed < 0) {
        return std::unexpected(disk_error("list " + path_ + "/" + name, listed));
    }
    std::ranges::sort(names);
    for (std::size_t index = 0; index < kShards; ++index) {
        const auto shard = shard_name(index);
        if (std::ranges::binary_search(names, std::string_view(shard.data()))) {
            continue;
        }
        const int made = disk_->make_directory({area, shard.data()});
        if (made < 0 && made != -EEXIST) {
            return std::unexpected(
                disk_error("mkdir " + path_ + "/" + name + "/" + shard.data(), made));
        }
    }
    return {};
}

Result<DiskHandle> Root::shard(Area area, std::size_t index) const {
    const auto name = shard_name(index);
    const DiskHandle& parent = area == Area::staging ? staging_
                               : area == Area::files ? files_
                                                     : trash_;
    return open_directory(*disk_, {parent.get(), name.data()});
}

}  // namespace slipway::adapters::localfs
