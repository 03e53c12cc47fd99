// PartVerifier: checks a stream of bytes against the part digests of a file while it passes.
// Pure computation; it keeps no bytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/digest.hpp"
#include "cli/api_calls.hpp"
#include "hash/digester.hpp"

namespace slipway::cli {

class PartVerifier final {
 public:
    // The parts in order, without gaps.
    explicit PartVerifier(std::vector<StoredPart> parts);

    // Takes the bytes that follow those taken so far. False when a part ended with another digest
    // than it should have, or there are more bytes than parts: the position is then the beginning
    // of that part, as after rewind().
    bool add(std::span<const std::byte> bytes);
    // Forgets what was taken of the part that has not ended.
    void rewind();

    // How many bytes were taken, and how many of them are in parts that were found right.
    std::uint64_t position() const { return position_; }
    std::uint64_t verified() const { return part_begin_; }
    bool complete() const { return index_ == parts_.size(); }

 private:
    const std::vector<StoredPart> parts_;
    std::size_t index_ = 0;
    std::uint64_t part_begin_ = 0;
    std::uint64_t position_ = 0;
    hash::Sha256Hasher hasher_;
};

// Checks that the table describes a file: numbered from 1, of the stated size, with the stated
// chain.
bool is_consistent(const PartTable& table);

}  // namespace slipway::cli
