#include "adapters/memory/memory_store.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "adapters/memory/memory_blob.hpp"
#include "adapters/memory/memory_part_sink.hpp"

namespace slipway::adapters::memory {

using BlobState = MemoryBlobState;

namespace {

Error unknown_blob(UploadId id) {
    return {Errc::not_found, "no blob " + id.to_string()};
}

Result<> require_placement(const MemoryBlob& blob, const ports::BlobRef& ref) {
    if (blob.placement != ref.placement) {
        return failure(Errc::invalid,
                       "blob " + ref.id.to_string() + " is not placed at '" + ref.placement + "'");
    }
    return {};
}

Result<> require_region(const MemoryBlob& blob, ports::PartRegion region) {
    const std::uint64_t capacity = blob.size.value();
    const std::uint64_t offset = region.offset.value();
    if (offset > capacity || region.length.value() > capacity - offset) {
        return failure(Errc::invalid, "the part lies outside the blob");
    }
    if (blob.part_size &&
        (region.length > *blob.part_size || offset % blob.part_size->value() != 0)) {
        return failure(Errc::invalid, "the region is none of the blob's parts");
    }
    return {};
}

// By their receipts: a digest may be told or not.
bool is_same(const ports::StoredPiece& stored, const ports::StoredPiece& piece) {
    return stored.number == piece.number && stored.size == piece.size &&
           stored.receipt == piece.receipt;
}

// Nothing: it does not lie aside.
const MemoryPiece* find_aside(const MemoryBlob& blob, const ports::StoredPiece& piece) {
    const auto found = std::ranges::find_if(
        blob.aside, [&](const MemoryPiece& one) { return is_same(one.piece, piece); });
    return found == blob.aside.end() ? nullptr : &*found;
}

bool has_piece(const MemoryBlob& blob, const ports::StoredPiece& piece) {
    return find_aside(blob, piece) != nullptr ||
           std::ranges::any_of(blob.pieces, [&](const ports::StoredPiece& stored) {
               return is_same(stored, piece);
           });
}

Result<> require_pieces(const MemoryBlob& blob, const ports::Content& content) {
    if (!blob.part_size) {
        return {};
    }
    ByteCount sum;
    for (const ports::StoredPiece& piece : content.pieces) {
        if (!has_piece(blob, piece)) {
            return failure(Errc::corrupted, "the parts are not those that were acknowledged");
        }
        sum += piece.size;
    }
    return sum == content.size ? Result<>()
                               : failure(Errc::invalid, "pieces that do not make the content");
}

// The pieces one behind the other, of which some may be left out.
void close_gaps(MemoryBlob& blob, const ports::Content& content) {
    if (!blob.part_size) {
        return;
    }
    blob.bytes.resize(static_cast<std::size_t>(blob.size.value()));
    std::vector<std::byte> bytes;
    for (const ports::StoredPiece& piece : content.pieces) {
        if (const MemoryPiece* const aside = find_aside(blob, piece)) {
            bytes.insert(bytes.end(), aside->bytes.begin(), aside->bytes.end());
            continue;
        }
        const std::uint64_t begin = (piece.number.value() - 1) * blob.part_size->value();
        const auto region = std::span(blob.bytes)
                                .subspan(static_cast<std::size_t>(begin),
                                         static_cast<std::size_t>(piece.size.value()));
        bytes.insert(bytes.end(), region.begin(), region.end());
    }
    blob.bytes = std::move(bytes);
}

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
    Task<std::optional<std::string>> direct_url(ports::DirectDownload) override {
        co_return std::nullopt;
    }

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

MemoryStore::MemoryStore(std::string name, ByteCount limit, StoreManner manner)
    : name_(std::move(name)), limit_(limit), manner_(manner) {}

MemoryStore::~MemoryStore() = default;

std::shared_ptr<MemoryBlob> MemoryStore::find(const Blobs& blobs, UploadId id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = blobs.find(id);
    return found == blobs.end() ? nullptr : found->second;
}

Task<Result<std::string>> MemoryStore::create(UploadId id, ports::BlobLayout layout) {
    const std::scoped_lock lock(mutex_);
    if (staged_.contains(id) || published_.contains(id)) {
        co_return failure(Errc::conflict, "blob " + id.to_string() + " exists");
    }
    if (layout.direct && (!is_remote() || refusal(layout))) {
        co_return failure(Errc::unsupported, "no direct parts");
    }
    if (layout.capacity > limit_ - used_) {
        co_return failure(Errc::storage_full, "the memory store is full");
    }
    auto blob = std::make_shared<MemoryBlob>();
    blob->size = layout.capacity;
    if (is_remote()) {
        const bool in_parts = layout.part_size && !layout.read_staged;
        blob->placement = name_ + " " + std::to_string(++placements_);
        blob->placement += in_parts ? kInParts : "";
        blob->part_size = layout.part_size;
        blob->is_readable = layout.read_staged;
        blob->is_direct = layout.direct;
    }
    std::string placement = blob->placement;
    staged_.emplace(id, std::move(blob));
    used_ += layout.capacity;
    co_return placement;
}

Task<Result<>> MemoryStore::grow(ports::BlobRef blob, ByteCount capacity) {
    const std::scoped_lock lock(mutex_);
    const auto found = staged_.find(blob.id);
    if (found == staged_.end()) {
        co_return std::unexpected(unknown_blob(blob.id));
    }
    MemoryBlob& staged = *found->second;
    const std::scoped_lock blob_lock(staged.mutex);
    if (auto right = require_placement(staged, blob); !right) {
        co_return right;
    }
    if (capacity <= staged.size) {
        co_return Result<>{};
    }
    if (capacity - staged.size > limit_ - used_) {
        co_return failure(Errc::storage_full, "the memory store is full");
    }
    used_ += capacity - staged.size;
    staged.size = capacity;
    co_return Result<>{};
}

Task<Result<std::unique_ptr<ports::PartSink>>> MemoryStore::open_part(ports::BlobRef blob,
                                                                      ports::PartRegion region) {
    co_return open_in(std::move(blob), region, MemoryPlace::common);
}

Task<Result<std::unique_ptr<ports::PartSink>>> MemoryStore::open_part_aside(
    ports::BlobRef blob, ports::PartRegion region) {
    if (!has_common_places(blob.placement)) {
        co_return failure(Errc::unsupported, "the blob has no common places");
    }
    co_return open_in(std::move(blob), region, MemoryPlace::aside);
}

Result<std::unique_ptr<ports::PartSink>> MemoryStore::open_in(ports::BlobRef blob,
                                                              ports::PartRegion region,
                                                              MemoryPlace place) {
    auto staged = find(staged_, blob.id);
    if (!staged) {
        return std::unexpected(unknown_blob(blob.id));
    }
    {
        const std::scoped_lock lock(staged->mutex);
        if (staged->state != BlobState::staged) {
            return std::unexpected(unknown_blob(blob.id));
        }
        if (auto right = require_placement(*staged, blob); !right) {
            return std::unexpected(right.error());
        }
        if (auto fits = require_region(*staged, region); !fits) {
            return std::unexpected(fits.error());
        }
    }
    return open_sink(std::move(staged), region, place);
}

Task<Result<>> MemoryStore::publish(ports::BlobRef ref, ports::Content content) {
    const auto [id, size] = std::pair(ref.id, content.size);
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
        if (auto right = require_placement(blob, ref); !right) {
            co_return right;
        }
        if (auto right = require_pieces(blob, content); !right) {
            co_return right;
        }
        close_gaps(blob, content);
        used_ = used_ - (blob.size - size);
        blob.size = size;
        blob.bytes.resize(std::min(blob.bytes.size(), static_cast<std::size_t>(size.value())));
        blob.state = BlobState::published;
        blob.stated_crc64nvme = content.crc64nvme;
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
    auto blob = find(staged_, id);
    if (blob && !blob->is_readable) {
        co_return std::unexpected(not_readable());
    }
    co_return open_reader(std::move(blob), id, BlobState::staged);
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

std::optional<Crc64Nvme> MemoryStore::stated_crc64nvme(UploadId id) const {
    const auto blob = find_any(id);
    const std::scoped_lock lock(blob->mutex);
    return blob->stated_crc64nvme;
}

Task<Result<ByteCount>> MemoryStore::free_space() {
    const std::scoped_lock lock(mutex_);
    co_return limit_ - used_;
}

}  // namespace slipway::adapters::memory
