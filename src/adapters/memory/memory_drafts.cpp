// The part of MemoryStore that keeps drafts.
#include <algorithm>
#include <utility>

#include "adapters/memory/memory_blob.hpp"
#include "adapters/memory/memory_store.hpp"

namespace slipway::adapters::memory {
namespace {

bool lies_within(ByteOffset offset, ByteCount length, ByteCount size) {
    return offset.value() <= size.value() && length.value() <= size.value() - offset.value();
}

class MemoryDraft final : public ports::Draft {
 public:
    MemoryDraft(std::shared_ptr<MemoryBlob> staged, std::shared_ptr<MemoryBlob> draft)
        : staged_(std::move(staged)), draft_(std::move(draft)) {}

    Task<Result<>> copy(ports::PartRegion from, ByteOffset to) override {
        const std::scoped_lock lock(staged_->mutex, draft_->mutex);
        if (!lies_within(from.offset, from.length, staged_->size) ||
            !lies_within(to, from.length, draft_->size)) {
            co_return failure(Errc::invalid, "the extent lies outside the blob or its draft");
        }
        const auto size = static_cast<std::size_t>(from.length.value());
        const auto source = static_cast<std::size_t>(from.offset.value());
        const auto target = static_cast<std::size_t>(to.value());
        draft_->bytes.resize(std::max(draft_->bytes.size(), target + size));
        for (std::size_t i = 0; i < size; ++i) {
            draft_->bytes[target + i] =
                source + i < staged_->bytes.size() ? staged_->bytes[source + i] : std::byte{0};
        }
        co_return Result<>{};
    }

    Task<Result<>> sync() override { co_return Result<>{}; }

 private:
    const std::shared_ptr<MemoryBlob> staged_;
    const std::shared_ptr<MemoryBlob> draft_;
};

Error unknown_draft(const ports::DraftName& name) {
    return {Errc::not_found, "no such draft of blob " + name.id.to_string()};
}

}  // namespace

Task<Result<std::unique_ptr<ports::Draft>>> MemoryStore::create_draft(ports::DraftName name,
                                                                      ByteCount size) {
    const std::scoped_lock lock(mutex_);
    const auto staged = staged_.find(name.id);
    if (staged == staged_.end()) {
        co_return std::unexpected(unknown_draft(name));
    }
    if (!staged->second->is_readable) {
        co_return std::unexpected(not_readable());
    }
    if (drafts_.contains(name)) {
        co_return failure(Errc::conflict, "the draft exists");
    }
    if (size > limit_ - used_) {
        co_return failure(Errc::storage_full, "the memory store is full");
    }
    auto draft = std::make_shared<MemoryBlob>();
    draft->size = size;
    drafts_.emplace(name, draft);
    used_ += size;
    co_return std::make_unique<MemoryDraft>(staged->second, std::move(draft));
}

Task<Result<std::unique_ptr<ports::Draft>>> MemoryStore::open_draft(ports::DraftName name,
                                                                    ByteCount size) {
    const std::scoped_lock lock(mutex_);
    const auto staged = staged_.find(name.id);
    const auto draft = drafts_.find(name);
    if (staged == staged_.end() || draft == drafts_.end() || draft->second->size != size) {
        co_return std::unexpected(unknown_draft(name));
    }
    co_return std::make_unique<MemoryDraft>(staged->second, draft->second);
}

Task<Result<>> MemoryStore::publish_draft(ports::DraftName name, ports::Content content) {
    const ByteCount size = content.size;
    const std::scoped_lock lock(mutex_);
    if (const auto found = published_.find(name.id); found != published_.end()) {
        co_return found->second->size == size
            ? Result<>{}
            : failure(Errc::conflict, "blob " + name.id.to_string() + " has another size");
    }
    const auto draft = drafts_.find(name);
    if (draft == drafts_.end() || draft->second->size != size) {
        co_return std::unexpected(unknown_draft(name));
    }
    {
        const std::scoped_lock blob_lock(draft->second->mutex);
        draft->second->state = MemoryBlobState::published;
        draft->second->stated_crc64nvme = content.crc64nvme;
    }
    published_.emplace(name.id, draft->second);
    drafts_.erase(draft);
    co_return Result<>{};
}

void MemoryStore::drop_drafts_locked(UploadId id) {
    std::erase_if(drafts_, [&](const auto& draft) {
        if (draft.first.id != id) {
            return false;
        }
        used_ = used_ - draft.second->size;
        return true;
    });
}

Task<Result<>> MemoryStore::discard_drafts(UploadId id) {
    const std::scoped_lock lock(mutex_);
    drop_drafts_locked(id);
    co_return Result<>{};
}

Task<Result<std::vector<ports::DraftName>>> MemoryStore::list_drafts() {
    const std::scoped_lock lock(mutex_);
    std::vector<ports::DraftName> names;
    for (const auto& [name, draft] : drafts_) {
        names.push_back(name);
    }
    co_return names;
}

}  // namespace slipway::adapters::memory
