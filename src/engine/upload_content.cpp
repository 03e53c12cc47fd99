#include "engine/upload_content.hpp"

#include "core/chain.hpp"
#include "hash/crc_combine.hpp"
#include "hash/digester.hpp"

namespace slipway::engine {

namespace {

Sha256 seed_of_chain() {
    return core::Chain([](std::span<const std::byte> bytes) { return hash::sha256(bytes); })
        .value();
}

}  // namespace

UploadContent::UploadContent()
    : summary_{.size = {}, .chain = seed_of_chain(), .crc64nvme = Crc64Nvme{}} {}

void UploadContent::append(const Piece& piece) {
    summary_.size += piece.size;
    summary_.chain =
        core::next_in_chain(summary_.chain, piece.sha256,
                            [](std::span<const std::byte> bytes) { return hash::sha256(bytes); });
    if (summary_.crc64nvme && piece.crc64nvme) {
        summary_.crc64nvme =
            hash::combine_crc64nvme(*summary_.crc64nvme, *piece.crc64nvme, piece.size);
    } else {
        summary_.crc64nvme.reset();
    }
    ++in_order_;
}

void UploadContent::add(const core::Part& part) {
    waiting_.emplace(part.number.value(),
                     Piece{part.size, part.digests.sha256, part.digests.crc64nvme});
    while (!waiting_.empty() && waiting_.begin()->first == in_order_ + 1) {
        append(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
    }
}

std::optional<ContentSummary> UploadContent::whole(std::uint32_t total_parts) const {
    return in_order_ == total_parts ? std::optional(summary_) : std::nullopt;
}

ContentSummary summarise(std::span<const core::Part> parts) {
    UploadContent content;
    for (const core::Part& part : parts) {
        content.add(part);
    }
    return *content.whole(static_cast<std::uint32_t>(parts.size()));
}

void UploadContents::begin(UploadId id) {
    known_.try_emplace(id);
    oldest_first_.push_back(id);
    while (oldest_first_.size() > limits_.uploads) {
        // It may have been forgotten before.
        forget(oldest_first_.front());
        oldest_first_.pop_front();
    }
}

void UploadContents::add(UploadId id, const core::Part& part) {
    const auto found = known_.find(id);
    if (found == known_.end()) {
        return;
    }
    waiting_parts_ -= found->second.waiting();
    found->second.add(part);
    waiting_parts_ += found->second.waiting();
    if (waiting_parts_ > limits_.waiting_parts) {
        forget(id);
    }
}

std::optional<ContentSummary> UploadContents::whole(UploadId id, std::uint32_t total_parts) const {
    const auto found = known_.find(id);
    return found == known_.end() ? std::nullopt : found->second.whole(total_parts);
}

Fullness UploadContents::fullness(UploadId id, std::uint32_t total_parts) const {
    const auto found = known_.find(id);
    if (found == known_.end()) {
        return Fullness::unknown;
    }
    return found->second.whole(total_parts) ? Fullness::full : Fullness::incomplete;
}

void UploadContents::forget(UploadId id) {
    if (const auto found = known_.find(id); found != known_.end()) {
        waiting_parts_ -= found->second.waiting();
        known_.erase(found);
    }
}

}  // namespace slipway::engine
