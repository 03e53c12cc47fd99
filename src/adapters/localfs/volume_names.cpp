// The part of Volume that moves and removes names: publish and remove. Both end in the same state
// when they are repeated, wherever an attempt before them ended.
#include <cerrno>
#include <utility>

#include "adapters/localfs/disk_error.hpp"
#include "adapters/localfs/disk_steps.hpp"
#include "adapters/localfs/volume.hpp"
#include "base/seeded_bug.hpp"

namespace slipway::adapters::localfs {

Result<> Volume::publish(UploadId id, ByteCount size) {
    const std::scoped_lock lock(mutex_of(id));
    if (auto broken = table_.poisoned(id)) {
        return std::unexpected(*std::move(broken));
    }
    const auto shards = open_shards(id);
    if (!shards) {
        return std::unexpected(shards.error());
    }
    const auto found = look_up(*shards, id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (auto named = publish_names(*shards, *found, id, size); !named) {
        return named;
    }
    // Also where it was published already: the attempt that renamed it may have crashed before
    // this.
    if (auto synced = sync_published(*shards, id); !synced) {
        return synced;
    }
    table_.erase(id);
    return {};
}

Result<> Volume::sync_published(const Shards& shards, UploadId id) {
    const auto synced = has_bug(SeededBug::publish_directories_not_synced)
                            ? Result<>()
                            : sync_directories(shards, id);
    if (!synced) {
        // A second fsync could answer "ok" for an entry that the first one lost.
        table_.poison(id, synced.error());
        return std::unexpected(Error{Errc::corrupted, synced.error().detail});
    }
    return {};
}

Result<> Volume::publish_names(const Shards& shards, const Found& found, UploadId id,
                               ByteCount size) {
    if (!found.published) {
        return found.staged ? rename_locked(shards, id, size) : std::unexpected(unknown_blob(id));
    }
    if (size_of(*found.published) != size) {
        return failure(Errc::conflict, "blob " + id.to_string() + " is published with " +
                                           std::to_string(size_of(*found.published).value()) +
                                           " bytes, not " + std::to_string(size.value()));
    }
    if (!found.staged) {
        return {};
    }
    if (found.staged->st_ino != found.published->st_ino) {
        return failure(Errc::conflict, "blob " + id.to_string() + " is staged and published");
    }
    // A crash between link and unlink: one file with two names.
    const std::string name = id.to_string();
    const int done = unlink_other_name(disk(), {shards.staging.get(), name.c_str()},
                                       {shards.files.get(), name.c_str()});
    return done < 0 ? std::unexpected(poisoned_if_broken("unlink", id, done)) : Result<>();
}

Result<> Volume::rename_locked(const Shards& shards, UploadId id, ByteCount size) {
    const auto blob = open_locked(shards.staging, id);
    if (!blob) {
        return std::unexpected(blob.error());
    }
    const bool settles_last = has_bug(SeededBug::published_before_settled);
    if (auto settled = settles_last ? Result<>() : (*blob)->settle(size); !settled) {
        return settled;
    }
    const std::string name = id.to_string();
    const int done = rename_once(disk(), {shards.staging.get(), name.c_str()},
                                 {shards.files.get(), name.c_str()});
    if (done < 0) {
        return std::unexpected(poisoned_if_broken("rename", id, done));
    }
    return settles_last ? (*blob)->settle(size) : Result<>();
}

Error Volume::poisoned_if_broken(std::string_view operation, UploadId id, int negated_errno) {
    Error error = blob_error(operation, id, negated_errno);
    if (is_broken_disk(-negated_errno)) {
        table_.poison(id, error);
    }
    return error;
}

Result<> Volume::sync_directories(const Shards& shards, UploadId id) const {
    // The new name first: between the two, a crash leaves both names rather than none.
    if (auto synced = sync(shards.files, id); !synced) {
        return synced;
    }
    return sync(shards.staging, id);
}

Result<> Volume::sync(const DiskHandle& directory, UploadId id) const {
    if (const int done = disk().sync(directory.get()); done < 0) {
        return std::unexpected(blob_error("fsync of the directory", id, done));
    }
    return {};
}

Result<> Volume::remove(UploadId id) {
    const std::scoped_lock lock(mutex_of(id));
    const auto shards = open_shards(id);
    if (!shards) {
        return std::unexpected(shards.error());
    }
    if (auto unlinked = unlink_staged(shards->staging, id); !unlinked) {
        return unlinked;
    }
    const int done = disk().unlink({shards->files.get(), id.to_string().c_str()});
    if (done < 0 && done != -ENOENT) {
        return std::unexpected(blob_error("unlink", id, done));
    }
    // Also where nothing was there: an earlier attempt may have crashed before this.
    if (auto synced = has_bug(SeededBug::remove_directories_not_synced)
                          ? Result<>()
                          : sync_directories(*shards, id);
        !synced) {
        return synced;
    }
    table_.erase(id);
    return {};
}

}  // namespace slipway::adapters::localfs
