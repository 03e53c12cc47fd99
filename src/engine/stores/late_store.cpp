#include "engine/stores/late_store.hpp"

namespace slipway::engine {

// Nobody knows before it is there; create() is then answered as every other call.
std::optional<std::string> LateStore::refusal(const ports::BlobLayout& layout) const {
    const auto* const parts = inner_parts();
    return parts != nullptr ? parts->refusal(layout) : std::nullopt;
}

Task<Result<ports::PartAddress>> LateStore::address(ports::BlobRef blob, ports::PartRegion region,
                                                    Sha256 sha256, std::chrono::seconds lifetime) {
    auto* const parts = inner_parts();
    return parts != nullptr ? parts->address(std::move(blob), region, sha256, lifetime)
                            : away<ports::PartAddress>();
}

Task<Result<std::vector<ports::DirectPart>>> LateStore::list_parts(ports::BlobRef blob) {
    auto* const parts = inner_parts();
    return parts != nullptr ? parts->list_parts(std::move(blob))
                            : away<std::vector<ports::DirectPart>>();
}

Task<Result<std::string>> LateStore::create(UploadId id, ports::BlobLayout layout) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->create(id, layout) : away<std::string>();
}

Task<Result<>> LateStore::grow(ports::BlobRef blob, ByteCount capacity) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->grow(std::move(blob), capacity) : away();
}

Task<Result<std::unique_ptr<ports::PartSink>>> LateStore::open_part(ports::BlobRef blob,
                                                                    ports::PartRegion region) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->open_part(std::move(blob), region)
                            : away<std::unique_ptr<ports::PartSink>>();
}

Task<Result<std::unique_ptr<ports::PartSink>>> LateStore::open_part_aside(
    ports::BlobRef blob, ports::PartRegion region) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->open_part_aside(std::move(blob), region)
                            : away<std::unique_ptr<ports::PartSink>>();
}

Task<Result<>> LateStore::publish(ports::BlobRef blob, ports::Content content) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->publish(std::move(blob), std::move(content)) : away();
}

Task<Result<>> LateStore::remove(UploadId id) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->remove(id) : away();
}

Task<Result<>> LateStore::remove_staged(UploadId id) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->remove_staged(id) : away();
}

Task<Result<std::unique_ptr<ports::Draft>>> LateStore::create_draft(ports::DraftName name,
                                                                    ByteCount size) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->create_draft(name, size)
                            : away<std::unique_ptr<ports::Draft>>();
}

Task<Result<std::unique_ptr<ports::Draft>>> LateStore::open_draft(ports::DraftName name,
                                                                  ByteCount size) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->open_draft(name, size) : away<std::unique_ptr<ports::Draft>>();
}

Task<Result<>> LateStore::publish_draft(ports::DraftName name, ports::Content content) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->publish_draft(name, std::move(content)) : away();
}

Task<Result<>> LateStore::discard_drafts(UploadId id) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->discard_drafts(id) : away();
}

Task<Result<std::vector<ports::DraftName>>> LateStore::list_drafts() {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->list_drafts() : away<std::vector<ports::DraftName>>();
}

Task<Result<std::unique_ptr<ports::BlobReader>>> LateStore::open_published(UploadId id) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->open_published(id)
                            : away<std::unique_ptr<ports::BlobReader>>();
}

Task<Result<std::unique_ptr<ports::BlobReader>>> LateStore::open_staged(UploadId id) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->open_staged(id) : away<std::unique_ptr<ports::BlobReader>>();
}

Task<Result<std::unique_ptr<ports::BlobReader>>> LateStore::open_pieces(
    ports::BlobRef blob, std::vector<ports::StoredPiece> pieces) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->open_pieces(std::move(blob), std::move(pieces))
                            : away<std::unique_ptr<ports::BlobReader>>();
}

Task<Result<std::vector<ports::FoundPiece>>> LateStore::list_pieces(ports::BlobRef blob) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->list_pieces(std::move(blob))
                            : away<std::vector<ports::FoundPiece>>();
}

Task<Result<std::unique_ptr<ports::BlobReader>>> LateStore::open_uncached(UploadId id) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->open_uncached(id) : away<std::unique_ptr<ports::BlobReader>>();
}

Task<Result<std::vector<ports::StagedBlob>>> LateStore::list_staged() {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->list_staged() : away<std::vector<ports::StagedBlob>>();
}

Task<Result<std::vector<UploadId>>> LateStore::list_published(std::optional<UploadId> after,
                                                              std::size_t limit) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->list_published(after, limit) : away<std::vector<UploadId>>();
}

Task<Result<>> LateStore::trash(ports::TrashedBlob blob) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->trash(blob) : away();
}

Task<Result<std::vector<ports::TrashedBlob>>> LateStore::list_trash() {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->list_trash() : away<std::vector<ports::TrashedBlob>>();
}

Task<Result<>> LateStore::restore(ports::TrashedBlob blob) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->restore(blob) : away();
}

Task<Result<>> LateStore::purge(ports::TrashedBlob blob) {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->purge(blob) : away();
}

Task<Result<ByteCount>> LateStore::free_space() {
    auto* const inner = inner_.load();
    return inner != nullptr ? inner->free_space() : away<ByteCount>();
}

}  // namespace slipway::engine
