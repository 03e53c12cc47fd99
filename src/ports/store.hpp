// Store: a place for bytes ("storage node"). One blob holds one upload, staged while it is received
// and published when it is complete.
//
// Errors, all calls: storage_full (ENOSPC, EDQUOT or the store's own limit), corrupted (I/O error,
// or the blob's generation is poisoned: an earlier write or sync of it failed, and nothing of it is
// acknowledged any more in this process), unavailable (stopping, or out of reach for now),
// outcome_unknown (it may have been done: ask again, which is idempotent where it says so),
// not_found (no such blob). Calls on different blobs, and on different parts of one blob, may
// overlap, from any event loop.
//
// A store may have to remember of a blob what only the catalog can keep for it: its *placement*,
// which create() answers, and of each part a *receipt*, which commit() answers. Both are made by
// the store and mean nothing to anybody else; they are kept in records and handed back. Printable
// ASCII of at most kMaxStoreNote bytes; empty where a store has nothing to remember.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "ports/direct_parts.hpp"
#include "runtime/task.hpp"

namespace slipway::ports {

inline constexpr std::size_t kMaxStoreNote = 512;

// A staged blob, as create() answered it.
struct BlobRef {
    UploadId id;
    std::string placement;
};

// What a blob is going to be.
struct BlobLayout {
    ByteCount capacity;
    // Parts of this size come, the last one shorter, each in its place. Nothing: regions of any
    // size in any place, and it may grow.
    std::optional<ByteCount> part_size = std::nullopt;
    // Its bytes will be read before it is published: open_staged(), drafts.
    bool read_staged = false;
    // Its parts are sent to the store by clients: direct_parts().
    bool direct = false;
};

// A part that was acknowledged, as its record has it.
struct StoredPiece {
    PartNumber number;
    ByteCount size;
    std::string receipt;
    // Of its bytes, where it is known: a store that composes() looks.
    std::optional<Sha256> sha256 = std::nullopt;
    friend bool operator==(const StoredPiece&, const StoredPiece&) = default;
};

// A piece that lies there, acknowledged or not.
struct FoundPiece {
    ByteOffset offset;
    ByteCount size;
    std::string receipt;
    friend bool operator==(const FoundPiece&, const FoundPiece&) = default;
};

// What is published.
struct Content {
    ByteCount size;
    std::optional<Crc64Nvme> crc64nvme = std::nullopt;
    // All parts in order, where the store needs_pieces() and the layout has a part size, or where
    // it composes() the blob. Some of them make a published blob of just these, one behind the
    // other: so they are read back where open_staged() is unsupported. Nothing else of the blob is
    // left then.
    std::vector<StoredPiece> pieces = {};
};

struct PartRegion {
    ByteOffset offset;
    ByteCount length;
};

// One attempt to write one part: bytes are appended in order, then committed. Destroying it without
// commit leaves bytes that no record names. Two sinks over the same bytes must not exist at once
// (the engine's part slot sees to it).
class PartSink {
 public:
    virtual ~PartSink() = default;
    // Appends. The caller keeps the bytes alive and unchanged until completion; one call at a time.
    // invalid: more bytes than the part's length.
    virtual Task<Result<>> write(std::span<const std::byte> bytes) = 0;
    // Completes when every byte written is durable, with the part's receipt. Many commits of one
    // blob share a sync. At most once.
    virtual Task<Result<std::string>> commit() = 0;
};

// A draft: a file in the making, into which the extents of a staged blob are copied in order when
// they do not lie so. An upload may have several, of which at most one is published: a token of its
// own tells each from all others, also from those of an earlier attempt.
struct DraftName {
    UploadId id;
    std::uint64_t token = 0;
    friend auto operator<=>(const DraftName&, const DraftName&) = default;
};

// A draft, open for copying. Destroying it leaves what was copied.
class Draft {
 public:
    virtual ~Draft() = default;
    // Copies a region of the staged blob to a place in the draft; may be repeated. One call at a
    // time. invalid: outside of either. corrupted: also where the staged blob is shorter than it
    // was.
    virtual Task<Result<>> copy(PartRegion from, ByteOffset to) = 0;
    // Completes when everything that was copied is durable. After an error nothing of this object
    // is, and it can do no more: what no earlier sync covered is copied again, into the draft as it
    // is opened next.
    virtual Task<Result<>> sync() = 0;
};

// How somebody who fetches a blob from the store itself is to see it.
struct DirectDownload {
    std::string content_type;
    std::string disposition;  // Content-Disposition
    std::chrono::seconds lifetime;
};

// A stored blob, open for reading.
class BlobReader {
 public:
    virtual ~BlobReader() = default;
    virtual ByteCount size() const = 0;
    // Reads up to out.size() bytes; 0 only at the end. May overlap.
    virtual Task<Result<std::size_t>> read_at(ByteOffset offset, std::span<std::byte> out) = 0;
    // A file descriptor for sendfile(2), valid while the reader lives; nothing where the store has
    // none.
    virtual std::optional<int> descriptor() const = 0;
    // A URL with which whoever has it can fetch the blob from the store itself while its lifetime
    // lasts; nothing where the store gives out none.
    virtual Task<std::optional<std::string>> direct_url(DirectDownload how) = 0;
};

struct StagedBlob {
    UploadId id;
    ByteCount capacity;
};

enum class BlobState : std::uint8_t { staged, published };

// A blob that waits in the trash for its bytes to be removed.
struct TrashedBlob {
    UploadId id;
    BlobState was = BlobState::published;
    WallTime since;
    friend bool operator==(const TrashedBlob&, const TrashedBlob&) = default;
};

class Store {
 public:
    virtual ~Store() = default;

    // The name in records ("storage_node").
    virtual std::string_view name() const = 0;

    // Whether publish() wants the receipts of all parts, for blobs whose layout has a part size.
    virtual bool needs_pieces() const = 0;
    // Whether publish() and publish_draft() may take minutes: nobody should wait for them in a
    // request, or at start.
    virtual bool publishes_slowly() const = 0;
    // Where clients can send parts to the store themselves; else nothing. Lives as long as the
    // store.
    virtual DirectParts* direct_parts() = 0;

    // Whether what is staged so lies on this node, and can be written and read while the store
    // itself is out of reach. Does not wait.
    virtual bool is_staged_here(std::string_view /*placement*/) const { return false; }
    // Whether a blob that is staged so is made of its pieces alone, each of which its receipt
    // names: publish() wants them, and puts them one behind the other, wherever their regions lie,
    // so that no draft is needed; open_pieces() reads them instead of open_staged(). Does not wait.
    virtual bool composes(std::string_view /*placement*/) const { return false; }
    // Whether a blob that is staged so has one place for each part, in which the store keeps what
    // came last, from whoever: only one attempt in the part's life may then be made by open_part(),
    // unless those before it certainly never committed. Does not wait.
    virtual bool has_common_places(std::string_view /*placement*/) const { return false; }

    // Creates the staged blob, with room for its capacity reserved; durable on return, with its
    // placement. conflict: it exists. storage_full: no room (told now, not at the last part).
    // unsupported: direct, and the store refuses it.
    virtual Task<Result<std::string>> create(UploadId id, BlobLayout layout) = 0;
    // Makes the staged blob's room at least `capacity`; a smaller one changes nothing. The new size
    // is durable with the next commit of a part. storage_full: no room for the difference (told
    // now); the room is as it was.
    virtual Task<Result<>> grow(BlobRef blob, ByteCount capacity) = 0;
    // invalid: the region does not lie within the capacity, or is none of the layout's parts (where
    // the store has to know them).
    virtual Task<Result<std::unique_ptr<PartSink>>> open_part(BlobRef blob, PartRegion region) = 0;
    // The same, where the store has_common_places(), in a place that is this attempt's alone: no
    // other attempt takes anything from it, whenever it writes. Dearer: publish() moves it.
    virtual Task<Result<std::unique_ptr<PartSink>>> open_part_aside(BlobRef /*blob*/,
                                                                    PartRegion /*region*/) {
        co_return failure(Errc::unsupported, "the store has no common places");
    }
    // Makes the staged blob a published one of exactly this content; durable on return. Idempotent:
    // publishing what is published succeeds, also while another call of it is under way. conflict:
    // it is published with another size. invalid: the size is above the capacity. corrupted: also
    // where what is staged is not what the pieces tell; nothing is published then. No sink of it
    // writes any more.
    virtual Task<Result<>> publish(BlobRef blob, Content content) = 0;
    // Removes the blob, staged or published, and its drafts. Idempotent: an absent blob is removed.
    // Durable on return. An open reader keeps its bytes.
    virtual Task<Result<>> remove(UploadId id) = 0;
    // The same of the staged blob and the drafts only.
    virtual Task<Result<>> remove_staged(UploadId id) = 0;

    // Creates a draft of this size, with its room reserved, for the staged blob; durable on return.
    // conflict: it exists. not_found: nothing is staged. storage_full: no room.
    virtual Task<Result<std::unique_ptr<Draft>>> create_draft(DraftName name, ByteCount size) = 0;
    // Opens it to go on. not_found: there is none of this size, or nothing is staged.
    virtual Task<Result<std::unique_ptr<Draft>>> open_draft(DraftName name, ByteCount size) = 0;
    // Makes a draft that was copied whole and synced the published blob, beside the staged one;
    // durable on return. Idempotent: where a blob of this size is published already, nothing is
    // done. conflict: it is published with another size. corrupted: also where the draft has
    // another CRC64-NVME than the content, as far as the store looks. not_found: there is no such
    // draft of this size.
    virtual Task<Result<>> publish_draft(DraftName name, Content content) = 0;
    // Removes every draft of the blob; durable on return. Idempotent.
    virtual Task<Result<>> discard_drafts(UploadId id) = 0;
    // Every draft there is: what the collection of orphans walks.
    virtual Task<Result<std::vector<DraftName>>> list_drafts() = 0;

    virtual Task<Result<std::unique_ptr<BlobReader>>> open_published(UploadId id) = 0;
    // unsupported, as of create_draft(): its layout did not say that it would be read.
    virtual Task<Result<std::unique_ptr<BlobReader>>> open_staged(UploadId id) = 0;
    // The bytes of these pieces, one behind the other, where the store composes() the blob; else
    // unsupported. Its reads answer corrupted where a piece is not there as it was acknowledged.
    virtual Task<Result<std::unique_ptr<BlobReader>>> open_pieces(
        BlobRef /*blob*/, std::vector<StoredPiece> /*pieces*/) {
        co_return failure(Errc::unsupported, "the store composes nothing");
    }
    // What was committed of such a blob, of all attempts, in no order; but for pieces without
    // bytes, which lie nowhere.
    virtual Task<Result<std::vector<FoundPiece>>> list_pieces(BlobRef /*blob*/) {
        co_return failure(Errc::unsupported, "the store composes nothing");
    }
    // The same as open_published, but its reads go round what is cached of the blob, as far as the
    // store can: what they answer is what would be read after a restart.
    virtual Task<Result<std::unique_ptr<BlobReader>>> open_uncached(UploadId id) = 0;
    // Every staged blob: what recovery compares with the catalog.
    virtual Task<Result<std::vector<StagedBlob>>> list_staged() = 0;
    // Published blobs in id order, `limit` at most, beginning after `after`; fewer only at the end.
    virtual Task<Result<std::vector<UploadId>>> list_published(std::optional<UploadId> after,
                                                               std::size_t limit) = 0;

    // Puts the blob that is in this state, and no other of its id, where nobody finds it by its id
    // any more; O(1) in its size, durable on return. Idempotent: an absent blob is trashed. Its id
    // may be created anew.
    virtual Task<Result<>> trash(TrashedBlob blob) = 0;
    virtual Task<Result<std::vector<TrashedBlob>>> list_trash() = 0;
    // Puts it back as what it was; durable on return. not_found: not in the trash. conflict: there
    // is another blob of this id.
    virtual Task<Result<>> restore(TrashedBlob blob) = 0;
    // Removes its bytes for good; durable on return. Idempotent.
    virtual Task<Result<>> purge(TrashedBlob blob) = 0;
    // Bytes that can still be stored; what readiness and the free-space watermark look at.
    virtual Task<Result<ByteCount>> free_space() = 0;
};

}  // namespace slipway::ports
