// The part of Volume that keeps drafts: files in which the extents of a staged blob are brought
// into their order. They lie beside the blob, under a name of their own, until one is published.
#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "adapters/localfs/disk_error.hpp"
#include "adapters/localfs/disk_steps.hpp"
#include "adapters/localfs/draft_name.hpp"
#include "adapters/localfs/volume.hpp"

namespace slipway::adapters::localfs {

Result<OpenFile> Volume::open_in(const DiskHandle& shard, const std::string& name, UploadId id,
                                 int flags) const {
    DiskHandle file(disk(), disk().open({shard.get(), name.c_str()}, flags));
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
    return OpenFile{std::move(file), size_of(now)};
}

Result<OpenDraft> Volume::create_draft(const ports::DraftName& name, ByteCount size) {
    const std::scoped_lock lock(mutex_of(name.id));
    const auto staging = root_.shard(Area::staging, Root::shard_of(name.id));
    if (!staging) {
        return std::unexpected(staging.error());
    }
    auto staged = open_in(*staging, name.id.to_string(), name.id, O_RDONLY);
    if (!staged) {
        return std::unexpected(staged.error());
    }
    if (auto room = require_room(size, name.id); !room) {
        return std::unexpected(room.error());
    }
    auto draft = make_file(*staging, draft_file_name(name), name.id, size);
    if (!draft && draft.error().code != Errc::conflict) {
        disk().unlink({staging->get(), draft_file_name(name).c_str()});
    }
    if (!draft) {
        return std::unexpected(draft.error());
    }
    return OpenDraft{
        .id = name.id, .staged = std::move(*staged), .draft = OpenFile{std::move(*draft), size}};
}

Result<OpenDraft> Volume::open_draft(const ports::DraftName& name, ByteCount size) {
    const std::scoped_lock lock(mutex_of(name.id));
    const auto staging = root_.shard(Area::staging, Root::shard_of(name.id));
    if (!staging) {
        return std::unexpected(staging.error());
    }
    auto staged = open_in(*staging, name.id.to_string(), name.id, O_RDONLY);
    if (!staged) {
        return std::unexpected(staged.error());
    }
    auto draft = open_in(*staging, draft_file_name(name), name.id, O_RDWR);
    if (!draft) {
        return std::unexpected(draft.error());
    }
    if (draft->size != size) {
        return std::unexpected(unknown_blob(name.id));
    }
    return OpenDraft{.id = name.id, .staged = std::move(*staged), .draft = std::move(*draft)};
}

Result<> Volume::publish_draft(const ports::DraftName& name, ByteCount size) {
    const std::scoped_lock lock(mutex_of(name.id));
    if (auto broken = table_.poisoned(name.id)) {
        return std::unexpected(*std::move(broken));
    }
    const auto shards = open_shards(name.id);
    if (!shards) {
        return std::unexpected(shards.error());
    }
    const auto published = find_entry(disk(), {shards->files.get(), name.id.to_string().c_str()});
    if (!published) {
        return std::unexpected(published.error());
    }
    if (*published && size_of(**published) != size) {
        return failure(Errc::conflict,
                       "blob " + name.id.to_string() + " is published with another size");
    }
    if (!*published) {
        if (auto renamed = rename_draft(*shards, name, size); !renamed) {
            return renamed;
        }
    }
    // Also where it was published already: the attempt that renamed it may have crashed before
    // this.
    return sync_published(*shards, name.id);
}

Result<> Volume::rename_draft(const Shards& shards, const ports::DraftName& name, ByteCount size) {
    const std::string from = draft_file_name(name);
    const auto draft = find_entry(disk(), {shards.staging.get(), from.c_str()});
    if (!draft) {
        return std::unexpected(draft.error());
    }
    if (!*draft || size_of(**draft) != size) {
        return std::unexpected(unknown_blob(name.id));
    }
    const std::string to = name.id.to_string();
    const int done =
        rename_once(disk(), {shards.staging.get(), from.c_str()}, {shards.files.get(), to.c_str()});
    if (done < 0) {
        return std::unexpected(poisoned_if_broken("rename of a draft", name.id, done));
    }
    return {};
}

Result<> Volume::unlink_drafts(const DiskHandle& staging, UploadId id) const {
    std::vector<std::string> names;
    if (const int done = disk().list(staging.get(), names); done < 0) {
        return std::unexpected(disk_error("list a staging directory", done));
    }
    for (const std::string& name : names) {
        const auto draft = parse_draft_name(name);
        if (!draft || draft->id != id) {
            continue;
        }
        const int done = disk().unlink({staging.get(), name.c_str()});
        if (done < 0 && done != -ENOENT) {
            return std::unexpected(blob_error("unlink of a draft", id, done));
        }
    }
    return {};
}

Result<> Volume::discard_drafts(UploadId id) {
    const std::scoped_lock lock(mutex_of(id));
    const auto staging = root_.shard(Area::staging, Root::shard_of(id));
    if (!staging) {
        return std::unexpected(staging.error());
    }
    if (auto unlinked = unlink_drafts(*staging, id); !unlinked) {
        return unlinked;
    }
    return sync(*staging, id);
}

Result<std::vector<ports::DraftName>> Volume::list_drafts() const {
    std::vector<ports::DraftName> drafts;
    for (std::size_t index = 0; index < Root::kShards; ++index) {
        const auto names = names_in(Area::staging, index);
        if (!names) {
            return std::unexpected(names.error());
        }
        for (const std::string& name : *names) {
            if (const auto draft = parse_draft_name(name)) {
                drafts.push_back(*draft);
            }
        }
    }
    return drafts;
}

Result<> Volume::remove_staged(UploadId id) {
    const std::scoped_lock lock(mutex_of(id));
    const auto staging = root_.shard(Area::staging, Root::shard_of(id));
    if (!staging) {
        return std::unexpected(staging.error());
    }
    if (auto unlinked = unlink_staged(*staging, id); !unlinked) {
        return unlinked;
    }
    if (auto synced = sync(*staging, id); !synced) {
        return synced;
    }
    table_.erase(id);
    return {};
}

// The drafts first: what is left by a crash between the two is the blob, not a copy that nothing
// explains.
Result<> Volume::unlink_staged(const DiskHandle& staging, UploadId id) {
    if (const auto blob = table_.find(id)) {
        blob->abandon();
    }
    if (auto unlinked = unlink_drafts(staging, id); !unlinked) {
        return unlinked;
    }
    const int done = disk().unlink({staging.get(), id.to_string().c_str()});
    if (done < 0 && done != -ENOENT) {
        return std::unexpected(blob_error("unlink", id, done));
    }
    return {};
}

}  // namespace slipway::adapters::localfs
