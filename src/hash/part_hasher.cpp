#include "hash/part_hasher.hpp"

namespace slipway::hash {

PartHasher::PartHasher(DigestSelection selection) {
    if (selection.md5) {
        md5_.emplace();
    }
    if (selection.crc32c) {
        crc32c_.emplace();
    }
}

void PartHasher::update(std::span<const std::byte> bytes) {
    crc64nvme_.update(bytes);
    if (crc32c_) {
        crc32c_->update(bytes);
    }
    sha256_.update(bytes);
    if (md5_) {
        md5_->update(bytes);
    }
}

PartDigests PartHasher::finish() {
    PartDigests digests{.sha256 = sha256_.finish(),
                        .crc64nvme = crc64nvme_.finish(),
                        .md5 = std::nullopt,
                        .crc32c = std::nullopt};
    if (md5_) {
        digests.md5 = md5_->finish();
    }
    if (crc32c_) {
        digests.crc32c = crc32c_->finish();
    }
    return digests;
}

}  // namespace slipway::hash
