#include "adapters/memory/memory_store.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "adapters/memory/memory_blob.hpp"

namespace slipway::adapters::memory {

using BlobState = MemoryBlobState;

namespace {

Error unknown_blob(UploadId id) {
    return {Errc::not_found, "no blob " + id.to_string()};
}

Result<> write_to(MemoryBlob& blob, std::span<const std::byte> bytes, ByteOffset offset) {
    const std::scoped_lock lock(blob.mutex);
    if (blob.state == BlobState::removed) {
        return failure(Errc::not_found, "the blob was removed");
    }
    if (blob.state == BlobState::published) {
        return failure(Errc::conflict, "the blob is published");
    }
    const auto begin = static_cast<std::size_t>(offset.value());
    if (blob.bytes.size() < begin + bytes.size()) {
        blob.bytes.resize(begin + bytes.size());
    }
    std::ranges::copy(bytes, blob.bytes.begin() + static_cast<std::ptrdiff_t>(begin));
    return {};
}

class MemoryPartSink final : public ports::PartSink {
 public:
    MemoryPartSink(std::shared_ptr<MemoryBlob> blob, ports::PartRegion region)
        : blob_(std::move(blob)), region_(region) {}

    Task<Result<>> write(std::span<const std::byte> bytes) override {
        if (committed_) {
            co_return failure(Errc::invalid, "the part was committed already");
        }
        if (bytes.size() > (region_.length - written_).value()) {
            co_return failure(Errc::invalid, "more bytes than the part has");
        }
        if (failed_) {
            co_return std::unexpected(*failed_);
        }
        auto written = write_to(*blob_, bytes, region_.offset + written_);
        if (!written) {
            failed_ = written.error();
            co_return written;
        }
        written_ += ByteCount(bytes.size());
        co_return Result<>{};
    }

    Task<Result<>> commit() override {
        if (committed_) {
            co_return failure(Errc::invalid, "the part was committed already");
        }
        committed_ = true;
        if (failed_) {
            co_return std::unexpected(*failed_);
        }
        // Refused like a write, where the blob is not staged any more.
        co_return write_to(*blob_, {}, ByteOffset(0));
    }

 private:
    const std::shared_ptr<MemoryBlob> blob_;
    const ports::PartRegion region_;
    ByteCount written_;
    std::optional<Error> failed_;
    bool committed_ = false;
};

class MemoryBlobReader final : public ports::BlobReader {
 public:
    MemoryBlobReader(std::shared_ptr<MemoryBlob> blob, ByteCount size)
        : blob_(std::move(blob)), size_(size) {}

    ByteCount size() const override { return size_; }

    Task<Result<std::size_t>> read_at(ByteOffset offset, std::span<std::byte> out) override {
        if (offset.value() >= size_.value()) {
            co_return std::size_t{0};
        }
        const std::uint64_t left = size_.value() - offset.value();
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left));
        const auto begin = static_cast<std::size_t>(offset.value());
        const std::scoped_lock lock(blob_->mutex);
        std::ranges::fill(out.first(count), std::byte{0});
        if (begin < blob_->bytes.size()) {
            const std::size_t known = std::min(count, blob_->bytes.size() - begin);
            std::ranges::copy(std::span(blob_->bytes).subspan(begin, known), out.begin());
        }
        co_return count;
    }

    std::optional<int> descriptor() const override { return std::nullopt; }

 private:
    const std::shared_ptr<MemoryBlob> blob_;
    const ByteCount size_;
};

Result<std::unique_ptr<ports::BlobReader>> open_reader(std::shared_ptr<MemoryBlob> blob,
                                                       UploadId id, BlobState wanted) {
    if (!blob) {
        return std::unexpected(unknown_blob(id));
    }
    ByteCount size;
    {
        const std::scoped_lock lock(blob->mutex);
        if (blob->state != wanted) {
            return std::unexpected(unknown_blob(id));
        }
        size = blob->size;
    }
    return std::make_unique<MemoryBlobReader>(std::move(blob), size);
}

}  // namespace

MemoryStore::MemoryStore(std::string name, ByteCount limit)
    : name_(std::move(name)), limit_(limit) {}

MemoryStore::~MemoryStore() = default;

std::shared_ptr<MemoryBlob> MemoryStore::find(const Blobs& blobs, UploadId id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = blobs.find(id);
    return found == blobs.end() ? nullptr : found->second;
}

Task<Result<>> MemoryStore::create(UploadId id, ByteCount capacity) {
    const std::scoped_lock lock(mutex_);
    if (staged_.contains(id) || published_.contains(id)) {
        co_return failure(Errc::conflict, "blob " + id.to_string() + " exists");
    }
    if (capacity > limit_ - used_) {
        co_return failure(Errc::storage_full, "the memory store is full");
    }
    auto blob = std::make_shared<MemoryBlob>();
    blob->size = capacity;
    staged_.emplace(id, std::move(blob));
    used_ += capacity;
    co_return Result<>{};
}

Task<Result<>> MemoryStore::grow(UploadId id, ByteCount capacity) {
    const std::scoped_lock lock(mutex_);
    const auto found = staged_.find(id);
    if (found == staged_.end()) {
        co_return std::unexpected(unknown_blob(id));
    }
    MemoryBlob& blob = *found->second;
    const std::scoped_lock blob_lock(blob.mutex);
    if (capacity <= blob.size) {
        co_return Result<>{};
    }
    if (capacity - blob.size > limit_ - used_) {
        co_return failure(Errc::storage_full, "the memory store is full");
    }
    used_ += capacity - blob.size;
    blob.size = capacity;
    co_return Result<>{};
}

Task<Result<std::unique_ptr<ports::PartSink>>> MemoryStore::open_part(UploadId id,
                                                                      ports::PartRegion region) {
    auto blob = find(staged_, id);
    if (!blob) {
        co_return std::unexpected(unknown_blob(id));
    }
    {
        const std::scoped_lock lock(blob->mutex);
        if (blob->state != BlobState::staged) {
            co_return std::unexpected(unknown_blob(id));
        }
        const std::uint64_t capacity = blob->size.value();
        const std::uint64_t offset = region.offset.value();
        if (offset > capacity || region.length.value() > capacity - offset) {
            co_return failure(Errc::invalid, "the part lies outside the blob");
        }
    }
    co_return std::make_unique<MemoryPartSink>(std::move(blob), region);
}

Task<Result<>> MemoryStore::publish(UploadId id, ByteCount size) {
    const std::scoped_lock lock(mutex_);
    const auto staged = staged_.find(id);
    if (const auto found = published_.find(id); found != published_.end()) {
        co_return found->second->size == size&& staged == staged_.end()
            ? Result<>{}
            : failure(Errc::conflict, "blob " + id.to_string() + " is published otherwise");
    }
    if (staged == staged_.end()) {
        co_return std::unexpected(unknown_blob(id));
    }
    MemoryBlob& blob = *staged->second;
    {
        const std::scoped_lock blob_lock(blob.mutex);
        if (size > blob.size) {
            co_return failure(Errc::invalid, "blob " + id.to_string() + " is smaller");
        }
        used_ = used_ - (blob.size - size);
        blob.size = size;
        blob.bytes.resize(std::min(blob.bytes.size(), static_cast<std::size_t>(size.value())));
        blob.state = BlobState::published;
    }
    published_.insert(staged_.extract(staged));
    co_return Result<>{};
}

void MemoryStore::drop_locked(Blobs& blobs, UploadId id) {
    const auto found = blobs.find(id);
    if (found == blobs.end()) {
        return;
    }
    {
        MemoryBlob& blob = *found->second;
        const std::scoped_lock blob_lock(blob.mutex);
        blob.state = BlobState::removed;
        used_ = used_ - blob.size;
    }
    blobs.erase(found);
}

Task<Result<>> MemoryStore::remove(UploadId id) {
    const std::scoped_lock lock(mutex_);
    drop_drafts_locked(id);
    drop_locked(staged_, id);
    drop_locked(published_, id);
    co_return Result<>{};
}

Task<Result<>> MemoryStore::remove_staged(UploadId id) {
    const std::scoped_lock lock(mutex_);
    drop_drafts_locked(id);
    drop_locked(staged_, id);
    co_return Result<>{};
}

Task<Result<std::unique_ptr<ports::BlobReader>>> MemoryStore::open_published(UploadId id) {
    co_return open_reader(find(published_, id), id, BlobState::published);
}

Task<Result<std::unique_ptr<ports::BlobReader>>> MemoryStore::open_staged(UploadId id) {
    co_return open_reader(find(staged_, id), id, BlobState::staged);
}

Task<Result<std::unique_ptr<ports::BlobReader>>> MemoryStore::open_uncached(UploadId id) {
    return open_published(id);
}

Task<Result<std::vector<ports::StagedBlob>>> MemoryStore::list_staged() {
    const std::scoped_lock lock(mutex_);
    std::vector<ports::StagedBlob> staged;
    for (const auto& [id, blob] : staged_) {
        const std::scoped_lock blob_lock(blob->mutex);
        staged.push_back({id, blob->size});
    }
    co_return staged;
}

Task<Result<std::vector<UploadId>>> MemoryStore::list_published(std::optional<UploadId> after,
                                                                std::size_t limit) {
    const std::scoped_lock lock(mutex_);
    std::vector<UploadId> published;
    for (auto at = after ? published_.upper_bound(*after) : published_.begin();
         at != published_.end() && published.size() < limit; ++at) {
        published.push_back(at->first);
    }
    co_return published;
}

MemoryStore::Blobs& MemoryStore::blobs_of(ports::BlobState state) {
    return state == ports::BlobState::staged ? staged_ : published_;
}

Task<Result<>> MemoryStore::trash(ports::TrashedBlob blob) {
    const std::scoped_lock lock(mutex_);
    Blobs& blobs = blobs_of(blob.was);
    const auto found = blobs.find(blob.id);
    if (found == blobs.end()) {
        co_return Result<>{};
    }
    {
        const std::scoped_lock blob_lock(found->second->mutex);
        found->second->state = BlobState::removed;
    }
    trash_.push_back({blob, found->second});
    blobs.erase(found);
    co_return Result<>{};
}

Task<Result<std::vector<ports::TrashedBlob>>> MemoryStore::list_trash() {
    const std::scoped_lock lock(mutex_);
    std::vector<ports::TrashedBlob> trashed;
    for (const Trashed& entry : trash_) {
        trashed.push_back(entry.blob);
    }
    co_return trashed;
}

std::vector<MemoryStore::Trashed>::iterator MemoryStore::find_trashed(
    const ports::TrashedBlob& blob) {
    return std::ranges::find(trash_, blob, &Trashed::blob);
}

Task<Result<>> MemoryStore::restore(ports::TrashedBlob blob) {
    const std::scoped_lock lock(mutex_);
    const auto found = find_trashed(blob);
    if (found == trash_.end()) {
        co_return std::unexpected(unknown_blob(blob.id));
    }
    if (!blobs_of(blob.was).try_emplace(blob.id, found->content).second) {
        co_return failure(Errc::conflict, "blob " + blob.id.to_string() + " exists");
    }
    {
        const std::scoped_lock blob_lock(found->content->mutex);
        found->content->state =
            blob.was == ports::BlobState::staged ? BlobState::staged : BlobState::published;
    }
    trash_.erase(found);
    co_return Result<>{};
}

Task<Result<>> MemoryStore::purge(ports::TrashedBlob blob) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = find_trashed(blob); found != trash_.end()) {
        used_ = used_ - found->content->size;
        trash_.erase(found);
    }
    co_return Result<>{};
}

std::shared_ptr<MemoryBlob> MemoryStore::find_any(UploadId id) const {
    auto published = find(published_, id);
    return published ? std::move(published) : find(staged_, id);
}

void MemoryStore::flip_bit(UploadId id, ByteOffset at) {
    const auto blob = find_any(id);
    const std::scoped_lock lock(blob->mutex);
    blob->bytes.at(static_cast<std::size_t>(at.value())) ^= std::byte{0x10};
}

void MemoryStore::cut(UploadId id, ByteCount size) {
    const auto blob = find_any(id);
    const std::scoped_lock lock(blob->mutex);
    blob->size = size;
    blob->bytes.resize(std::min(blob->bytes.size(), static_cast<std::size_t>(size.value())));
}

Task<Result<ByteCount>> MemoryStore::free_space() {
    const std::scoped_lock lock(mutex_);
    co_return limit_ - used_;
}

}  // namespace slipway::adapters::memory
