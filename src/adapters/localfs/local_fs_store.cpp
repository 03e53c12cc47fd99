#include "adapters/localfs/local_fs_store.hpp"

#include <utility>

#include "adapters/localfs/file_system.hpp"
#include "adapters/localfs/local_blob_reader.hpp"
#include "adapters/localfs/local_draft.hpp"
#include "adapters/localfs/local_part_sink.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::localfs {
namespace {

Result<std::unique_ptr<ports::PartSink>> sink_for(std::shared_ptr<Blob> blob,
                                                  ports::PartRegion region,
                                                  runtime::BlockingPool& pool) {
    if (auto broken = blob->poisoned()) {
        return std::unexpected(*std::move(broken));
    }
    const std::uint64_t capacity = blob->capacity().value();
    const std::uint64_t offset = region.offset.value();
    if (offset > capacity || region.length.value() > capacity - offset) {
        return failure(Errc::invalid, "a part of " + std::to_string(region.length.value()) +
                                          " bytes at " + std::to_string(offset) +
                                          " lies outside blob " + blob->id().to_string());
    }
    return std::make_unique<LocalPartSink>(std::move(blob), region, pool);
}

void warn_of_weak_file_system(const Root& root, std::string_view store) {
    unsigned long type = 0;
    if (root.disk().file_system(root.descriptor(), type) < 0) {
        return;
    }
    if (const auto name = weak_file_system(type)) {
        telemetry::log(telemetry::Level::warn, "store_on_weak_file_system",
                       {{"store", store}, {"root", root.path()}, {"file_system", *name}});
    }
}

}  // namespace

LocalFsStore::LocalFsStore(std::string name, std::shared_ptr<Volume> volume,
                           runtime::BlockingPool& pool)
    : name_(std::move(name)), volume_(std::move(volume)), pool_(pool) {}

Result<std::unique_ptr<LocalFsStore>> LocalFsStore::open(std::string root, std::string name,
                                                         runtime::BlockingPool& pool,
                                                         LocalFsOptions options) {
    auto opened = Root::open(std::move(options.disk), std::move(root));
    if (!opened) {
        return std::unexpected(opened.error());
    }
    warn_of_weak_file_system(*opened, name);
    auto volume = std::make_shared<Volume>(std::move(*opened), options.limits);
    return std::unique_ptr<LocalFsStore>(
        new LocalFsStore(std::move(name), std::move(volume), pool));
}

Task<Result<std::string>> LocalFsStore::create(UploadId id, ports::BlobLayout layout) {
    auto work = [volume = volume_, id, layout] { return volume->create(id, layout.capacity); };
    const auto created = co_await pool_.run(std::move(work));
    if (!created) {
        co_return std::unexpected(created.error());
    }
    co_return std::string();
}

Task<Result<>> LocalFsStore::grow(ports::BlobRef blob, ByteCount capacity) {
    auto work = [volume = volume_, id = blob.id, capacity] { return volume->grow(id, capacity); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<std::unique_ptr<ports::PartSink>>> LocalFsStore::open_part(ports::BlobRef blob,
                                                                       ports::PartRegion region) {
    if (auto open = volume_->find_open(blob.id)) {
        co_return sink_for(std::move(open), region, pool_);
    }
    auto work = [volume = volume_, id = blob.id] { return volume->open_blob(id); };
    auto opened = co_await pool_.run(std::move(work));
    if (!opened) {
        co_return std::unexpected(opened.error());
    }
    co_return sink_for(*std::move(opened), region, pool_);
}

Task<Result<>> LocalFsStore::publish(ports::BlobRef blob, ports::Content content) {
    auto work = [volume = volume_, id = blob.id, size = content.size] {
        return volume->publish(id, size);
    };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<>> LocalFsStore::remove(UploadId id) {
    auto work = [volume = volume_, id] { return volume->remove(id); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<>> LocalFsStore::remove_staged(UploadId id) {
    auto work = [volume = volume_, id] { return volume->remove_staged(id); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<std::unique_ptr<ports::Draft>>> LocalFsStore::create_draft(ports::DraftName name,
                                                                       ByteCount size) {
    auto work = [volume = volume_, name, size] { return volume->create_draft(name, size); };
    auto files = co_await pool_.run(std::move(work));
    if (!files) {
        co_return std::unexpected(files.error());
    }
    co_return std::make_unique<LocalDraft>(volume_, *std::move(files), pool_);
}

Task<Result<std::unique_ptr<ports::Draft>>> LocalFsStore::open_draft(ports::DraftName name,
                                                                     ByteCount size) {
    auto work = [volume = volume_, name, size] { return volume->open_draft(name, size); };
    auto files = co_await pool_.run(std::move(work));
    if (!files) {
        co_return std::unexpected(files.error());
    }
    co_return std::make_unique<LocalDraft>(volume_, *std::move(files), pool_);
}

Task<Result<>> LocalFsStore::publish_draft(ports::DraftName name, ports::Content content) {
    auto work = [volume = volume_, name, size = content.size] {
        return volume->publish_draft(name, size);
    };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<>> LocalFsStore::discard_drafts(UploadId id) {
    auto work = [volume = volume_, id] { return volume->discard_drafts(id); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<std::vector<ports::DraftName>>> LocalFsStore::list_drafts() {
    auto work = [volume = volume_] { return volume->list_drafts(); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<std::unique_ptr<ports::BlobReader>>> LocalFsStore::open_reader(Area area, UploadId id,
                                                                           ReadFrom from) {
    auto work = [volume = volume_, area, id] { return volume->open_file(area, id); };
    auto file = co_await pool_.run(std::move(work));
    if (!file) {
        co_return std::unexpected(file.error());
    }
    co_return std::make_unique<LocalBlobReader>(volume_, *std::move(file), from, pool_);
}

Task<Result<std::unique_ptr<ports::BlobReader>>> LocalFsStore::open_published(UploadId id) {
    return open_reader(Area::files, id, ReadFrom::cache);
}

Task<Result<std::unique_ptr<ports::BlobReader>>> LocalFsStore::open_staged(UploadId id) {
    return open_reader(Area::staging, id, ReadFrom::cache);
}

Task<Result<std::unique_ptr<ports::BlobReader>>> LocalFsStore::open_uncached(UploadId id) {
    return open_reader(Area::files, id, ReadFrom::disk);
}

Task<Result<std::vector<ports::StagedBlob>>> LocalFsStore::list_staged() {
    auto work = [volume = volume_] { return volume->list_staged(); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<std::vector<UploadId>>> LocalFsStore::list_published(std::optional<UploadId> after,
                                                                 std::size_t limit) {
    auto work = [volume = volume_, after, limit] { return volume->list_published(after, limit); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<>> LocalFsStore::trash(ports::TrashedBlob blob) {
    auto work = [volume = volume_, blob] { return volume->trash(blob); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<std::vector<ports::TrashedBlob>>> LocalFsStore::list_trash() {
    auto work = [volume = volume_] { return volume->list_trash(); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<>> LocalFsStore::restore(ports::TrashedBlob blob) {
    auto work = [volume = volume_, blob] { return volume->restore(blob); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<>> LocalFsStore::purge(ports::TrashedBlob blob) {
    auto work = [volume = volume_, blob] { return volume->purge(blob); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<ByteCount>> LocalFsStore::free_space() {
    auto work = [volume = volume_] { return volume->free_space(); };
    co_return co_await pool_.run(std::move(work));
}

}  // namespace slipway::adapters::localfs
