// UploadContent: what the recorded parts of an upload amount to (size, chain, checksum), worked out
// as they are recorded, so that Complete need not read a thousand records.
// UploadContents keeps it for the uploads of one home loop. Both only remember: what they do not
// know is read from the catalog, and nothing here is durable or needs to be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>

#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/units.hpp"
#include "core/upload.hpp"

namespace slipway::engine {

struct ContentSummary {
    ByteCount size;
    Sha256 chain;
    std::optional<Crc64Nvme> crc64nvme;  // nothing where that of a part is not known
};

class UploadContent {
 public:
    UploadContent();

    // Each part once, in any order.
    void add(const core::Part& part);
    // Nothing while one of the parts 1 … total is missing.
    std::optional<ContentSummary> whole(std::uint32_t total_parts) const;
    // Parts that were added and wait for one before them.
    std::size_t waiting() const { return waiting_.size(); }

 private:
    struct Piece {
        ByteCount size;
        Sha256 sha256;
        std::optional<Crc64Nvme> crc64nvme;
    };
    void append(const Piece& piece);

    std::uint32_t in_order_ = 0;
    ContentSummary summary_;
    std::map<std::uint32_t, Piece> waiting_;
};

enum class Fullness { incomplete, full, unknown };

// Of all parts of an upload, in order of their numbers.
ContentSummary summarise(std::span<const core::Part> parts);

class UploadContents {
 public:
    // What is kept at most; beyond it the oldest upload is forgotten, or one whose parts come too
    // far out of order.
    struct Limits {
        std::size_t uploads = 4096;
        std::size_t waiting_parts = 65536;
    };
    UploadContents() = default;
    explicit UploadContents(Limits limits) : limits_(limits) {}

    // A new upload, of which no part is recorded.
    void begin(UploadId id);
    // A part that was just recorded. Of an upload that did not begin here nothing is known.
    void add(UploadId id, const core::Part& part);
    std::optional<ContentSummary> whole(UploadId id, std::uint32_t total_parts) const;
    // unknown: of an upload that did not begin here, or was forgotten.
    Fullness fullness(UploadId id, std::uint32_t total_parts) const;
    void forget(UploadId id);

 private:
    Limits limits_;
    std::unordered_map<UploadId, UploadContent> known_;
    std::deque<UploadId> oldest_first_;
    std::size_t waiting_parts_ = 0;
};

}  // namespace slipway::engine
