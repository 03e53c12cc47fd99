// ReceiveFiles: takes the files of one request, whose sizes nobody knows before, and keeps all of
// them as temporary files or none.
//
//   each file: blob → bytes → durable → published;  then one commit: all records → answer
//
// A crash before the commit leaves blobs that no record names, which the collection of orphans
// finds; nobody was told of them. After it the files exist, and expire unless they are claimed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/in_flight.hpp"
#include "engine/outcome.hpp"
#include "engine/temporary/blob_holds.hpp"
#include "engine/world.hpp"
#include "hash/part_hasher.hpp"

namespace slipway::engine {

struct FileToReceive {
    std::string name;
    std::string content_type;
    StatedDigests stated;
    // Of the file to be made; nothing: a new one.
    std::optional<UploadId> id;
    // More than this cannot come; nothing: unknown, and room is made as it comes.
    std::optional<ByteCount> at_most;
};

// One call at a time, in the order begin, write…, end, begin, …, keep. After a refusal only
// discard() may be called, and has to be.
class ReceiveFiles {
 public:
    // `most`: bytes of all files together.
    ReceiveFiles(World& world, RequestContext context, ByteCount most);

    // insufficient_storage: no room for `at_most`. url_used: the id is taken.
    Task<Outcome<>> begin(FileToReceive wanted);
    // The caller keeps the bytes until it completes.
    Task<Outcome<>> write(std::span<const std::byte> bytes);
    // The bytes are durable, and have the stated digests.
    Task<Outcome<>> end();
    // Records what was received, as one, in the order received. Afterwards nothing is to be
    // discarded.
    Task<Outcome<std::vector<core::File>>> keep(std::map<std::string, std::string> metadata);
    // Removes what was received. What cannot be removed is logged, and collected later.
    Task<void> discard();

 private:
    // A file whose bytes are being written, or are.
    struct Receipt {
        UploadId id;
        std::string storage_node;
        BlobHolds::Hold hold;
        std::string name;
        std::string content_type;
        core::Part part;
    };

    // Room for so many bytes more, and a sink that takes them.
    Task<Outcome<>> make_room(ByteCount bytes);
    Task<Result<>> grow(ByteCount needed);
    Task<Outcome<>> commit_sink();
    core::File file_of(const Receipt& receipt, const std::map<std::string, std::string>& metadata,
                       WallTime now) const;
    std::unexpected<Refusal> refuse_store(const Error& error, std::string_view operation) const;

    World& world_;
    const RequestContext context_;
    const InFlight in_flight_;
    ByteCount left_;  // of what the request may bring
    std::vector<Receipt> receipts_;
    // Of the last receipt, while it is written.
    StatedDigests stated_;
    std::optional<hash::PartHasher> hasher_;
    ports::Store* store_ = nullptr;
    ports::BlobRef blob_;
    std::unique_ptr<ports::PartSink> sink_;
    ByteCount capacity_;
    ByteCount written_;
};

}  // namespace slipway::engine
