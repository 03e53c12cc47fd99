#include "cli/get/part_verifier.hpp"

#include <algorithm>

#include "core/chain.hpp"

namespace slipway::cli {

PartVerifier::PartVerifier(std::vector<StoredPart> parts) : parts_(std::move(parts)) {}

bool PartVerifier::add(std::span<const std::byte> bytes) {
    // Parts of no bytes end where they begin.
    while (!bytes.empty() || (!complete() && parts_[index_].size == 0)) {
        if (complete()) {
            return false;
        }
        const auto& part = parts_[index_];
        const auto left = part_begin_ + part.size - position_;
        const auto taken = bytes.first(std::min<std::uint64_t>(left, bytes.size()));
        hasher_.update(taken);
        position_ += taken.size();
        bytes = bytes.subspan(taken.size());
        if (taken.size() < left) {
            break;
        }
        if (hasher_.finish() != part.sha256) {
            position_ = part_begin_;
            return false;
        }
        part_begin_ = position_;
        ++index_;
    }
    return true;
}

void PartVerifier::rewind() {
    hasher_.finish();
    position_ = part_begin_;
}

bool is_consistent(const PartTable& table) {
    core::Chain chain(hash::sha256);
    std::uint64_t size = 0;
    std::uint32_t number = 0;
    for (const auto& part : table.parts) {
        if (part.number != ++number) {
            return false;
        }
        size += part.size;
        chain.add(part.sha256);
    }
    return size == table.size && chain.value() == table.chain;
}

}  // namespace slipway::cli
