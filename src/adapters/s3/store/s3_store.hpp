// S3Store: the Store in a bucket of any S3 store. Large parts go through to it as they arrive. What
// else is acknowledged is staged in a spool, a Store on this node, and sent when it is published;
// or as objects of their own, of which the file is made then. What it relies on, and what a crash
// between each two steps leaves, is in docs/decisions/0013-s3-store.md and 0019-small-parts.md.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "adapters/s3/store/part_objects.hpp"
#include "adapters/s3/store/publisher.hpp"
#include "adapters/s3/store/small_parts.hpp"
#include "adapters/s3/store/store_access.hpp"
#include "adapters/s3/store/trash_markers.hpp"
#include "ports/store.hpp"

namespace slipway::adapters::s3 {

struct S3StoreOptions {
    std::string name;
    Endpoint endpoint;
    sigv4::Credentials credentials;
    std::string bucket;
    std::string prefix;  // of every key; may be empty
    Capabilities can;    // as the probe found them
    Downloads downloads = Downloads::through;
    Patience patience;
    Sizes sizes;
    SmallParts small_parts = SmallParts::on_disk;
};

// What an S3Store works with; outlives it.
struct S3StoreMeans {
    ports::Store& spool;  // in which nothing else is
    const ports::Clock& clock;
    ports::Random& random;
};

// Every node of a cluster may use the same bucket and prefix. A blob that is staged in the spool
// can be published only by a node that has this spool; one in the store, by every node. Besides
// those of the port: errors of the store that an operator has to mend (forbidden, unauthorised,
// untrusted, unsupported). Differences from stores on a disk: two calls of create() at once may
// both succeed, each with a placement of its own; the id of a published blob in the trash cannot be
// created anew until it is purged; the capacity of what goes through is not known in list_staged(),
// and told as 0; a reader does not keep the bytes of a blob that is removed; what another node has
// put into the trash is still opened, as long as somebody has a record of it and asks.
class S3Store final : public ports::Store, public ports::DirectParts {
 public:
    // It outlives its calls, and its readers and sinks. Errors: invalid (the endpoint, the bucket,
    // the prefix or the keys), unsupported (the store needs digests, and none would go along).
    static Result<std::unique_ptr<S3Store>> make(S3StoreOptions options, S3StoreMeans means);

    std::string_view name() const override { return name_; }
    bool needs_pieces() const override { return true; }
    bool publishes_slowly() const override { return true; }

    ports::DirectParts* direct_parts() override { return this; }
    std::optional<std::string> refusal(const ports::BlobLayout& layout) const override;
    Task<Result<ports::PartAddress>> address(ports::BlobRef blob, ports::PartRegion region,
                                             Sha256 sha256, std::chrono::seconds lifetime) override;
    Task<Result<std::vector<ports::DirectPart>>> list_parts(ports::BlobRef blob) override;

    bool is_staged_here(std::string_view placement) const override;
    bool composes(std::string_view placement) const override;
    bool has_common_places(std::string_view placement) const override;
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
    // That of the spool: the bucket has no end that could be asked for.
    Task<Result<ByteCount>> free_space() override;

 private:
    S3Store(S3StoreOptions options, std::unique_ptr<LoopClients> clients, S3StoreMeans means);

    Task<Result<std::string>> create_through(UploadId id, ports::BlobLayout layout);
    ObjectChecksum checksum_of(const ports::BlobLayout& layout) const;
    Task<Result<std::string>> begin_upload(UploadId id, ObjectChecksum checksum);
    Task<Result<bool>> is_published(UploadId id);
    Task<Result<>> check_not_trashed(UploadId id);
    Task<Result<bool>> stands(Publication what);
    Task<Result<>> unless_it_stands(Publication what, Error error);
    Task<Result<>> publish_through(Publication what, Through through);
    Task<Result<>> publish_spooled(Publication what, Spooled spooled);
    Task<Result<>> publish_apart(Publication what, Apart apart);
    Result<std::unique_ptr<ports::PartSink>> open_apart(UploadId id, Apart apart,
                                                        ports::PartRegion region);
    Result<std::string> create_apart(const ports::BlobLayout& layout);
    Task<Result<>> send_from_spool(Publication what);
    Task<Result<>> drop_published_from_spool(UploadId id);
    Task<Result<>> delete_object(UploadId id);
    // Of a blob in the store: its multipart uploads, and what lies apart (PartGroup::as_upload()).
    Task<Result<std::vector<std::string>>> open_uploads(UploadId id);
    Task<Result<std::vector<std::string>>> open_multiparts(UploadId id);
    Task<Result<std::vector<std::string>>> uploads_in_use(UploadId id);
    Task<Result<>> drop_parts(UploadId id);
    Task<void> drop_sent(PartGroup group);
    Task<Result<>> abort_uploads(UploadId id);
    Task<Result<>> abort_uploads(UploadId id, std::vector<std::string> uploads);
    Task<Result<>> abort_once(UploadId id);
    Task<Result<>> abort_trashed(ports::TrashedBlob blob);
    Task<Error> why_not_staged(UploadId id, Error error);
    Task<Result<>> trash_uploads(ports::TrashedBlob blob);
    Task<Result<std::vector<UploadId>>> list_blobs_with_uploads();
    Task<Result<>> add_blobs_apart(const std::vector<std::string>& trashed,
                                   std::set<UploadId>& ids);

    const std::string name_;
    StoreAccess access_;
    ports::Store& spool_;
    ports::Random& random_;
    const SmallParts small_parts_;
    PartObjects parts_;
    Publisher publisher_;
    TrashMarkers markers_;
};

}  // namespace slipway::adapters::s3
