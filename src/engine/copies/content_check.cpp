#include "engine/copies/content_check.hpp"

#include <algorithm>

#include "core/chain.hpp"

namespace slipway::engine {

namespace {

Sha256 sha256_of(std::span<const std::byte> bytes) {
    return hash::sha256(bytes);
}

}  // namespace

ContentCheck::ContentCheck(const core::File& file)
    : crc64nvme_(file.crc64nvme),
      chain_(file.chain),
      part_size_(file.plan.part_size),
      chain_so_far_(core::Chain(sha256_of).value()) {}

void ContentCheck::update(std::span<const std::byte> bytes) {
    if (crc64nvme_) {
        crc_.update(bytes);
        return;
    }
    while (!bytes.empty()) {
        if (!part_) {
            part_.emplace();
        }
        const std::uint64_t room = (part_size_ - in_part_).value();
        const auto now = bytes.first(std::min<std::uint64_t>(bytes.size(), room));
        part_->update(now);
        in_part_ += ByteCount(now.size());
        bytes = bytes.subspan(now.size());
        if (in_part_ == part_size_) {
            end_part();
        }
    }
}

void ContentCheck::end_part() {
    chain_so_far_ = core::next_in_chain(chain_so_far_, part_->finish(), sha256_of);
    part_.reset();
    in_part_ = 0_B;
}

bool ContentCheck::is_right() {
    if (crc64nvme_) {
        return crc_.finish() == *crc64nvme_;
    }
    if (part_) {
        end_part();
    }
    return chain_so_far_ == chain_;
}

}  // namespace slipway::engine
