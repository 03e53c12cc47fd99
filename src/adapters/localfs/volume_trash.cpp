// The part of Volume that keeps the trash: names moved there, listed, put back and removed.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "adapters/localfs/disk_error.hpp"
#include "adapters/localfs/disk_steps.hpp"
#include "adapters/localfs/trash_name.hpp"
#include "adapters/localfs/volume.hpp"

namespace slipway::adapters::localfs {

Result<std::vector<std::string>> Volume::names_in(Area area, std::size_t index) const {
    const auto shard = root_.shard(area, index);
    if (!shard) {
        return std::unexpected(shard.error());
    }
    std::vector<std::string> names;
    if (const int done = disk().list(shard->get(), names); done < 0) {
        return std::unexpected(disk_error("list a directory of blobs", done));
    }
    return names;
}

Result<std::vector<UploadId>> Volume::list_published(std::optional<UploadId> after,
                                                     std::size_t limit) const {
    std::vector<UploadId> published;
    for (std::size_t index = after ? Root::shard_of(*after) : 0;
         index < Root::kShards && published.size() < limit; ++index) {
        const auto names = names_in(Area::files, index);
        if (!names) {
            return std::unexpected(names.error());
        }
        const auto in_this_shard = static_cast<std::ptrdiff_t>(published.size());
        for (const std::string& name : *names) {
            if (const auto id = UploadId::parse(name); id && (!after || *id > *after)) {
                published.push_back(*id);
            }
        }
        std::sort(published.begin() + in_this_shard, published.end());
    }
    published.resize(std::min(published.size(), limit));
    return published;
}

Result<> Volume::trash(const ports::TrashedBlob& blob) {
    const std::scoped_lock lock(mutex_of(blob.id));
    const bool staged = blob.was == ports::BlobState::staged;
    const std::size_t index = Root::shard_of(blob.id);
    const auto from = root_.shard(staged ? Area::staging : Area::files, index);
    if (!from) {
        return std::unexpected(from.error());
    }
    const auto bin = root_.shard(Area::trash, index);
    if (!bin) {
        return std::unexpected(bin.error());
    }
    const auto open = staged ? table_.find(blob.id) : nullptr;
    if (open) {
        open->abandon();
    }
    const std::string name = blob.id.to_string();
    const std::string to = trash_name(blob);
    const int done = rename_once(disk(), {from->get(), name.c_str()}, {bin->get(), to.c_str()});
    if (done < 0 && done != -ENOENT) {
        return std::unexpected(blob_error("rename into the trash", blob.id, done));
    }
    // The new name first: a crash between the two leaves both names rather than none.
    if (auto synced = sync(*bin, blob.id); !synced) {
        return synced;
    }
    if (auto synced = sync(*from, blob.id); !synced) {
        return synced;
    }
    if (staged) {
        table_.erase(blob.id);
    }
    return {};
}

Result<std::vector<ports::TrashedBlob>> Volume::list_trash() const {
    std::vector<ports::TrashedBlob> trashed;
    for (std::size_t index = 0; index < Root::kShards; ++index) {
        const auto names = names_in(Area::trash, index);
        if (!names) {
            return std::unexpected(names.error());
        }
        for (const std::string& name : *names) {
            if (const auto blob = parse_trash_name(name)) {
                trashed.push_back(*blob);
            }
        }
    }
    return trashed;
}

Result<> Volume::move_out_of_trash(Entry from, Entry to, UploadId id) const {
    const auto trashed = find_entry(disk(), from);
    const auto present = find_entry(disk(), to);
    if (!trashed || !present) {
        return std::unexpected(trashed ? present.error() : trashed.error());
    }
    if (!*trashed) {
        return std::unexpected(unknown_blob(id));
    }
    int done = 0;
    if (!*present) {
        done = rename_once(disk(), from, to);
    } else if ((*present)->st_ino == (*trashed)->st_ino) {
        // A crash within an earlier attempt, or within trash(): one file with two names.
        done = unlink_other_name(disk(), from, to);
    } else {
        return failure(Errc::conflict, "blob " + id.to_string() + " exists");
    }
    if (done < 0) {
        return std::unexpected(blob_error("rename out of the trash", id, done));
    }
    return {};
}

Result<> Volume::restore(const ports::TrashedBlob& blob) {
    const std::scoped_lock lock(mutex_of(blob.id));
    const auto shards = open_shards(blob.id);
    if (!shards) {
        return std::unexpected(shards.error());
    }
    const auto bin = root_.shard(Area::trash, Root::shard_of(blob.id));
    if (!bin) {
        return std::unexpected(bin.error());
    }
    const DiskHandle& to = blob.was == ports::BlobState::staged ? shards->staging : shards->files;
    const std::string from_name = trash_name(blob);
    const std::string to_name = blob.id.to_string();
    const auto moved =
        move_out_of_trash({bin->get(), from_name.c_str()}, {to.get(), to_name.c_str()}, blob.id);
    if (!moved) {
        return moved;
    }
    if (auto synced = sync(to, blob.id); !synced) {
        return synced;
    }
    return sync(*bin, blob.id);
}

Result<> Volume::purge(const ports::TrashedBlob& blob) {
    const std::scoped_lock lock(mutex_of(blob.id));
    const auto bin = root_.shard(Area::trash, Root::shard_of(blob.id));
    if (!bin) {
        return std::unexpected(bin.error());
    }
    const std::string name = trash_name(blob);
    const int done = disk().unlink({bin->get(), name.c_str()});
    if (done < 0 && done != -ENOENT) {
        return std::unexpected(blob_error("unlink from the trash", blob.id, done));
    }
    return sync(*bin, blob.id);
}

}  // namespace slipway::adapters::localfs
