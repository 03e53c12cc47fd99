// The records of an upload: what the catalog stores and what the rules decide over.
// Values only: how they are written to disk is the adapter's matter (docs/on-disk-format.md).
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"

namespace slipway::core {

enum class UploadState : std::uint8_t {
    open = 1,        // parts are accepted
    completing = 2,  // Complete was decided; the rename is being done or is redone on start
    complete = 3,    // the file exists; the answer is final
    aborted = 4,     // ended by the client; the answer is final
    expired = 5,     // ended by time; the answer is final
};

std::string_view to_string(UploadState state);

// One step of the state machine changes the epoch; signed part URLs name the epoch in which they
// are valid.
using Epoch = std::uint32_t;
inline constexpr Epoch kFirstEpoch = 1;

enum class PartSizes : std::uint8_t {
    fixed,  // every part has the size of the plan, but for the last
    free,   // every part has a size of its own; Complete says how many there are
};

// Where the pieces of a file lie. The size may be unknown until the last part has come.
struct PartPlan {
    std::uint32_t total_parts = 0;  // of free sizes: 0 until Complete has said it
    ByteCount part_size;            // of free sizes: the most that one may have
    std::optional<ByteCount> file_size;
    PartSizes sizes = PartSizes::fixed;
    friend bool operator==(const PartPlan&, const PartPlan&) = default;
};

// What the client declared of the whole file; verified before Complete answers.
struct DeclaredDigests {
    std::optional<Sha256> sha256;
    std::optional<Md5> md5;
    friend bool operator==(const DeclaredDigests&, const DeclaredDigests&) = default;
};

// What a client named its request to create the upload, so that a repetition is told from another.
struct IdempotencyKey {
    std::string key;     // unique among the owner's uploads that are on record
    Sha256 fingerprint;  // of what was asked for
    friend bool operator==(const IdempotencyKey&, const IdempotencyKey&) = default;
};

// What a client named its request to complete the upload, likewise. The upload's own: no other can
// have it, so that its digest will do.
struct CompletionKey {
    Sha256 key;          // of the key
    Sha256 fingerprint;  // of what was asked for
    friend bool operator==(const CompletionKey&, const CompletionKey&) = default;
};

// A staged blob that holds parts of an upload.
struct StagedCopy {
    std::string storage_node;  // the name of its store
    std::string placement;     // what that store has to be told of it; often nothing
    friend bool operator==(const StagedCopy&, const StagedCopy&) = default;
};

struct Upload {
    UploadId id;
    Epoch epoch = kFirstEpoch;
    UploadState state = UploadState::open;
    std::string owner;  // the principal that created it
    // Where its parts lie, never empty. More are added behind and none is taken away, so that parts
    // name a blob by its position.
    std::vector<StagedCopy> blobs = {StagedCopy{}};
    std::uint32_t home = 0;  // the position of the blob that becomes the file
    std::string file_name;   // as the client gave it: metadata, never a path
    std::string content_type;
    PartPlan plan;
    DigestKind checksum =
        DigestKind::sha256;  // computed for every part besides SHA-256 and CRC64-NVME
    DeclaredDigests declared;
    bool complete_when_full = false;  // the last part completes it, without being asked
    bool direct = false;              // its parts are sent to the store, not to this server
    std::map<std::string, std::string> metadata;
    std::optional<IdempotencyKey> idempotency;
    std::optional<CompletionKey> completed_by;  // the Complete that decided it; nothing without key
    WallTime created_at;
    WallTime expires_at;
    WallTime ended_at;  // when the state became final; the epoch of time until then
    // Why its completion was given up, though it is open; empty where it was not.
    std::string failure;
    std::uint32_t events = 0;  // that tell of it, so far
    friend bool operator==(const Upload&, const Upload&) = default;
};

inline const StagedCopy& home_of(const Upload& upload) {
    return upload.blobs[upload.home];
}

// Where the bytes of a part are durable.
struct PartCopy {
    std::uint32_t blob = 0;  // the position in Upload::blobs
    // By which the store knows these bytes from others of this part; often nothing.
    std::string receipt = {};
    friend bool operator==(const PartCopy&, const PartCopy&) = default;
};

// An acknowledged part: its bytes are durable and have these digests.
struct Part {
    PartNumber number;
    ByteCount size;
    PartDigests digests;
    WallTime stored_at;
    // Where it lies in the staged blob, if not where the plan says.
    std::optional<ByteOffset> extent = std::nullopt;
    // Never empty; in the order of the blobs, of which each stands here once.
    std::vector<PartCopy> copies = {PartCopy{}};
    friend bool operator==(const Part&, const Part&) = default;
};

// What is known of a blob stays.
inline void add_copies(Part& part, const std::vector<PartCopy>& copies) {
    for (const PartCopy& copy : copies) {
        const auto at = std::ranges::lower_bound(part.copies, copy.blob, {}, &PartCopy::blob);
        if (at == part.copies.end() || at->blob != copy.blob) {
            part.copies.insert(at, copy);
        }
    }
}

// Nothing: the blob does not have it.
inline const PartCopy* copy_in(const Part& part, std::uint32_t blob) {
    const auto found = std::ranges::find(part.copies, blob, &PartCopy::blob);
    return found == part.copies.end() ? nullptr : &*found;
}

// Another store that has a file's bytes, whole.
struct FileCopy {
    std::string storage_node;
    // When its bytes were last read and compared with the file's digest; the epoch of time: never.
    WallTime compared_at{};
    friend bool operator==(const FileCopy&, const FileCopy&) = default;
};

// A completed upload. It has the upload's id, and its parts stay on record, so that a copy can be
// verified.
struct File {
    UploadId id;
    std::string owner;
    std::string storage_node;      // where it is read
    std::vector<FileCopy> copies;  // where else it lies
    std::string name;
    std::string content_type;
    ByteCount size;
    PartPlan plan;
    Sha256 chain;  // DESIGN: H0 = SHA-256("slipway-chain-v1"), Hi = SHA-256(H(i-1) || digest_i)
    // Of the whole content, combined from the parts; nothing where that of a part is not known.
    std::optional<Crc64Nvme> crc64nvme;
    std::optional<Sha256> sha256;  // of the whole content, when it was declared and verified
    std::optional<Md5> md5;
    std::map<std::string, std::string> metadata;
    WallTime completed_at;
    // Quarantine: since when its bytes are known not to have its digests. It is not served.
    std::optional<WallTime> damaged_at;
    std::uint32_t events = 0;  // that tell of it and of its upload, so far
    // Of a temporary file: it is gone then unless it is claimed before (core/file_claim.hpp).
    std::optional<WallTime> expires_at;
    friend bool operator==(const File&, const File&) = default;
};

// Where a file lies.
struct FilePlaces {
    std::string storage_node;
    std::vector<FileCopy> copies;
    friend bool operator==(const FilePlaces&, const FilePlaces&) = default;
};

// The names of all of them, the one where it is read first.
inline std::vector<std::string> stores_of(const File& file) {
    std::vector<std::string> names{file.storage_node};
    for (const FileCopy& copy : file.copies) {
        names.push_back(copy.storage_node);
    }
    return names;
}

inline FilePlaces places_of(const File& file) {
    return {file.storage_node, file.copies};
}

}  // namespace slipway::core
