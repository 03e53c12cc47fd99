#include "adapters/localfs/volume.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "adapters/localfs/disk_error.hpp"
#include "adapters/localfs/disk_steps.hpp"
#include "base/seeded_bug.hpp"

namespace slipway::adapters::localfs {
namespace {

constexpr ByteCount kUsualReserve = 1_GiB;

}  // namespace

Volume::Volume(Root root, Limits limits)
    : root_(std::move(root)), limits_(limits), table_(limits.open_blobs) {}

Result<Volume::Shards> Volume::open_shards(UploadId id) const {
    auto staging = root_.shard(Area::staging, Root::shard_of(id));
    if (!staging) {
        return std::unexpected(staging.error());
    }
    auto files = root_.shard(Area::files, Root::shard_of(id));
    if (!files) {
        return std::unexpected(files.error());
    }
    return Shards{std::move(*staging), std::move(*files)};
}

Result<Volume::Found> Volume::look_up(const Shards& shards, UploadId id) const {
    const std::string name = id.to_string();
    auto staged = find_entry(disk(), {shards.staging.get(), name.c_str()});
    if (!staged) {
        return std::unexpected(staged.error());
    }
    auto published = find_entry(disk(), {shards.files.get(), name.c_str()});
    if (!published) {
        return std::unexpected(published.error());
    }
    return Found{*staged, *published};
}

Result<> Volume::create(UploadId id, ByteCount capacity) {
    const std::scoped_lock lock(mutex_of(id));
    const auto shards = open_shards(id);
    if (!shards) {
        return std::unexpected(shards.error());
    }
    const auto found = look_up(*shards, id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (found->staged || found->published) {
        return failure(Errc::conflict, "blob " + id.to_string() + " exists");
    }
    if (auto room = require_room(capacity, id); !room) {
        return room;
    }
    const std::string name = id.to_string();
    auto file = make_file(shards->staging, name, id, capacity);
    if (!file) {
        if (file.error().code != Errc::conflict) {
            // It was never acknowledged. Where this fails, too, recovery finds a blob that no
            // record names.
            disk().unlink({shards->staging.get(), name.c_str()});
        }
        return std::unexpected(file.error());
    }
    table_.insert(std::make_shared<Blob>(
        root_.shared_disk(), Blob::File{id, std::move(*file), capacity, Content::synced}));
    return {};
}

Result<> Volume::require_room(ByteCount wanted, UploadId id) const {
    const auto room = free_space();
    if (!room) {
        return std::unexpected(room.error());
    }
    if (wanted > *room) {
        return failure(Errc::storage_full, "blob " + id.to_string() + " needs " +
                                               std::to_string(wanted.value()) + " bytes of " +
                                               std::to_string(room->value()));
    }
    return {};
}

Result<DiskHandle> Volume::make_file(const DiskHandle& staging, const std::string& name,
                                     UploadId id, ByteCount size) const {
    DiskHandle file(disk(), disk().open({staging.get(), name.c_str()}, O_RDWR | O_CREAT | O_EXCL));
    if (!file) {
        return std::unexpected(blob_error("create", id, file.get()));
    }
    int done = size.value() == 0 ? 0 : disk().allocate(file.get(), {}, size);
    if (done == -EOPNOTSUPP) {
        // The size at least; that the room suffices is then an estimate (the header of LocalFsStore
        // says so).
        done = disk().truncate(file.get(), size);
    }
    if (done < 0) {
        return std::unexpected(blob_error("fallocate", id, done));
    }
    if (done = disk().sync(file.get()); done < 0) {
        return std::unexpected(blob_error("fsync", id, done));
    }
    if (done = has_bug(SeededBug::create_directory_not_synced) ? 0 : disk().sync(staging.get());
        done < 0) {
        return std::unexpected(blob_error("fsync of the directory", id, done));
    }
    return file;
}

Result<> Volume::grow(UploadId id, ByteCount capacity) {
    const auto blob = open_blob(id);
    if (!blob) {
        return std::unexpected(blob.error());
    }
    const ByteCount before = (*blob)->capacity();
    if (capacity <= before) {
        return {};
    }
    if (auto room = require_room(capacity - before, id); !room) {
        return room;
    }
    return (*blob)->grow(capacity);
}

std::shared_ptr<Blob> Volume::find_open(UploadId id) {
    return table_.find(id);
}

Result<std::shared_ptr<Blob>> Volume::open_blob(UploadId id) {
    const std::scoped_lock lock(mutex_of(id));
    if (auto broken = table_.poisoned(id)) {
        return std::unexpected(*std::move(broken));
    }
    const auto staging = root_.shard(Area::staging, Root::shard_of(id));
    if (!staging) {
        return std::unexpected(staging.error());
    }
    return open_locked(*staging, id);
}

Result<std::shared_ptr<Blob>> Volume::open_locked(const DiskHandle& staging, UploadId id) {
    if (auto blob = table_.find(id)) {
        return blob;
    }
    const std::string name = id.to_string();
    DiskHandle file(disk(), disk().open({staging.get(), name.c_str()}, O_RDWR));
    if (file.get() == -ENOENT) {
        return std::unexpected(unknown_blob(id));
    }
    if (!file) {
        return std::unexpected(blob_error("open", id, file.get()));
    }
    struct stat now{};
    if (const int done = disk().stat(file.get(), now); done < 0) {
        return std::unexpected(blob_error("stat", id, done));
    }
    auto blob = std::make_shared<Blob>(
        root_.shared_disk(), Blob::File{id, std::move(file), size_of(now), Content::unknown});
    table_.insert(blob);
    return blob;
}

Result<OpenFile> Volume::open_file(Area area, UploadId id) const {
    const auto shard = root_.shard(area, Root::shard_of(id));
    if (!shard) {
        return std::unexpected(shard.error());
    }
    return open_in(*shard, id.to_string(), id, O_RDONLY);
}

Result<std::vector<ports::StagedBlob>> Volume::list_staged() const {
    std::vector<ports::StagedBlob> blobs;
    for (std::size_t index = 0; index < Root::kShards; ++index) {
        if (auto listed = list_shard(index, blobs); !listed) {
            return std::unexpected(listed.error());
        }
    }
    return blobs;
}

Result<> Volume::list_shard(std::size_t index, std::vector<ports::StagedBlob>& blobs) const {
    const auto shard = root_.shard(Area::staging, index);
    if (!shard) {
        return std::unexpected(shard.error());
    }
    std::vector<std::string> names;
    if (const int done = disk().list(shard->get(), names); done < 0) {
        return std::unexpected(disk_error("list a staging directory", done));
    }
    for (const std::string& name : names) {
        const auto id = UploadId::parse(name);
        if (!id) {
            continue;
        }
        const auto entry = find_entry(disk(), {shard->get(), name.c_str()});
        if (!entry) {
            return std::unexpected(entry.error());
        }
        // Gone since it was listed, or nothing that this store made.
        if (*entry && S_ISREG((*entry)->st_mode)) {
            blobs.push_back({*id, size_of(**entry)});
        }
    }
    return {};
}

Result<ByteCount> Volume::free_space() const {
    struct statvfs space{};
    if (const int done = disk().space(root_.descriptor(), space); done < 0) {
        return std::unexpected(disk_error("statvfs", done));
    }
    const ByteCount available(space.f_bavail * space.f_frsize);
    const ByteCount total(space.f_blocks * space.f_frsize);
    const ByteCount kept =
        limits_.min_free.value_or(std::min(kUsualReserve, ByteCount(total.value() / 100)));
    return available > kept ? available - kept : ByteCount(0);
}

}  // namespace slipway::adapters::localfs
