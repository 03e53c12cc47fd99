// LateStore: a store that is not there yet, in front of the one that comes: every call is answered
// `unavailable` until then, and goes to it afterwards.
#pragma once

#include <atomic>
#include <string>
#include <utility>

#include "ports/store.hpp"

namespace slipway::engine {

class LateStore final : public ports::Store, public ports::DirectParts {
 public:
    // `why`: what the calls say until it is there.
    LateStore(std::string name, std::string why) : name_(std::move(name)), why_(std::move(why)) {}

    // Thread-safe, once. The store outlives this.
    void arrive(ports::Store& store) { inner_.store(&store); }
    bool is_there() const { return inner_.load() != nullptr; }

    std::string_view name() const override { return name_; }
    // As it is of every store that can be late.
    bool needs_pieces() const override { return true; }
    bool publishes_slowly() const override { return true; }
    ports::DirectParts* direct_parts() override { return this; }
    std::optional<std::string> refusal(const ports::BlobLayout& layout) const override;
    Task<Result<ports::PartAddress>> address(ports::BlobRef blob, ports::PartRegion region,
                                             Sha256 sha256, std::chrono::seconds lifetime) override;
    Task<Result<std::vector<ports::DirectPart>>> list_parts(ports::BlobRef blob) override;
    bool is_staged_here(std::string_view placement) const override {
        const auto* const inner = inner_.load();
        return inner != nullptr && inner->is_staged_here(placement);
    }
    bool composes(std::string_view placement) const override {
        const auto* const inner = inner_.load();
        return inner != nullptr && inner->composes(placement);
    }
    // Before it is there nobody knows: as if it had.
    bool has_common_places(std::string_view placement) const override {
        const auto* const inner = inner_.load();
        return inner == nullptr || inner->has_common_places(placement);
    }
    Task<Result<std::string>> create(UploadId id, ports::BlobLayout layout) override;
    Task<Result<>> grow(ports::BlobRef blob, ByteCount capacity) override;
    Task<Result<std::unique_ptr<ports::PartSink>>> open_part(ports::BlobRef blob,
                                                             ports::PartRegion region) override;
    Task<Result<std::unique_ptr<ports::PartSink>>> open_part_aside(
        ports::BlobRef blob, ports::PartRegion region) override;
    Task<Result<>> publish(ports::BlobRef blob, ports::Content content) override;
    Task<Result<>> remove(UploadId id) override;
    Task<Result<>> remove_staged(UploadId id) override;
    Task<Result<std::unique_ptr<ports::Draft>>> create_draft(ports::DraftName name,
                                                             ByteCount size) override;
    Task<Result<std::unique_ptr<ports::Draft>>> open_draft(ports::DraftName name,
                                                           ByteCount size) override;
    Task<Result<>> publish_draft(ports::DraftName name, ports::Content content) override;
    Task<Result<>> discard_drafts(UploadId id) override;
    Task<Result<std::vector<ports::DraftName>>> list_drafts() override;
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_published(UploadId id) override;
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_staged(UploadId id) override;
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_pieces(
        ports::BlobRef blob, std::vector<ports::StoredPiece> pieces) override;
    Task<Result<std::vector<ports::FoundPiece>>> list_pieces(ports::BlobRef blob) override;
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_uncached(UploadId id) override;
    Task<Result<std::vector<ports::StagedBlob>>> list_staged() override;
    Task<Result<std::vector<UploadId>>> list_published(std::optional<UploadId> after,
                                                       std::size_t limit) override;
    Task<Result<>> trash(ports::TrashedBlob blob) override;
    Task<Result<std::vector<ports::TrashedBlob>>> list_trash() override;
    Task<Result<>> restore(ports::TrashedBlob blob) override;
    Task<Result<>> purge(ports::TrashedBlob blob) override;
    Task<Result<ByteCount>> free_space() override;

 private:
    ports::DirectParts* inner_parts() const {
        auto* const inner = inner_.load();
        return inner != nullptr ? inner->direct_parts() : nullptr;
    }
    template <class T = void>
    Task<Result<T>> away() const {
        co_return failure(Errc::unavailable, why_);
    }

    const std::string name_;
    const std::string why_;
    std::atomic<ports::Store*> inner_{nullptr};
};

}  // namespace slipway::engine
