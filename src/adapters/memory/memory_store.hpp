// MemoryStore: the Store in memory, for tests and trials. It keeps every rule of the port but
// durability: its bytes end with the object. Capacity is counted, not allocated; bytes take memory
// when they are written.
//
// It can be like a store on another machine, for tests of what has to be done for those: then it
// has placements and receipts and takes no others, publishes with the pieces of a blob, calls that
// slow, reads staged bytes only where that was announced, has blobs of direct parts, and keeps
// parts in common places, or aside.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "ports/store.hpp"

namespace slipway::adapters::memory {

struct MemoryBlob;
enum class MemoryPlace;

enum class StoreManner { like_a_disk, like_a_remote_one };

class MemoryStore final : public ports::Store, public ports::DirectParts {
 public:
    static constexpr ByteCount kUsualLimit = 64_GiB;

    // `limit` bounds the sum of the blobs' capacities: beyond it, create and grow answer
    // storage_full.
    explicit MemoryStore(std::string name = "memory", ByteCount limit = kUsualLimit,
                         StoreManner manner = StoreManner::like_a_disk);
    ~MemoryStore() override;

    std::string_view name() const override { return name_; }
    bool needs_pieces() const override { return is_remote(); }
    bool publishes_slowly() const override { return is_remote(); }
    ports::DirectParts* direct_parts() override { return is_remote() ? this : nullptr; }
    std::optional<std::string> refusal(const ports::BlobLayout& layout) const override;
    Task<Result<ports::PartAddress>> address(ports::BlobRef blob, ports::PartRegion region,
                                             Sha256 sha256, std::chrono::seconds lifetime) override;
    Task<Result<std::vector<ports::DirectPart>>> list_parts(ports::BlobRef blob) override;
    bool has_common_places(std::string_view placement) const override {
        return placement.ends_with(kInParts);
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
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_uncached(UploadId id) override;
    Task<Result<std::vector<ports::StagedBlob>>> list_staged() override;
    Task<Result<std::vector<UploadId>>> list_published(std::optional<UploadId> after,
                                                       std::size_t limit) override;
    Task<Result<>> trash(ports::TrashedBlob blob) override;
    Task<Result<std::vector<ports::TrashedBlob>>> list_trash() override;
    Task<Result<>> restore(ports::TrashedBlob blob) override;
    Task<Result<>> purge(ports::TrashedBlob blob) override;
    Task<Result<ByteCount>> free_space() override;

    // For tests: what a failing disk does to a blob. Flips a bit of the byte; cuts the blob there.
    void flip_bit(UploadId id, ByteOffset at);
    void cut(UploadId id, ByteCount size);
    // The CRC64-NVME that was stated when it was published.
    std::optional<Crc64Nvme> stated_crc64nvme(UploadId id) const;

 private:
    struct Trashed {
        ports::TrashedBlob blob;
        std::shared_ptr<MemoryBlob> content;
    };
    std::vector<Trashed>::iterator find_trashed(const ports::TrashedBlob& blob);

    // What a placement ends with.
    static constexpr std::string_view kInParts = " in parts";

    bool is_remote() const { return manner_ == StoreManner::like_a_remote_one; }

    using Blobs = std::map<UploadId, std::shared_ptr<MemoryBlob>>;

    Result<std::unique_ptr<ports::PartSink>> open_in(ports::BlobRef blob, ports::PartRegion region,
                                                     MemoryPlace place);
    // Nothing where there is none.
    std::shared_ptr<MemoryBlob> find(const Blobs& blobs, UploadId id) const;
    std::shared_ptr<MemoryBlob> find_any(UploadId id) const;
    Blobs& blobs_of(ports::BlobState state);
    void drop_locked(Blobs& blobs, UploadId id);
    void drop_drafts_locked(UploadId id);

    const std::string name_;
    const ByteCount limit_;
    const StoreManner manner_;
    mutable std::mutex mutex_;
    ByteCount used_;
    std::uint64_t placements_ = 0;
    Blobs staged_;
    Blobs published_;
    std::map<ports::DraftName, std::shared_ptr<MemoryBlob>> drafts_;
    std::vector<Trashed> trash_;
};

}  // namespace slipway::adapters::memory
