#include "engine/stated_digests.hpp"

#include <utility>

#include "base/encoding.hpp"

namespace slipway::engine {

namespace {

template <class Digest>
std::optional<Difference> differ(const std::optional<Digest>& stated,
                                 const std::optional<Digest>& actual) {
    if (!stated || stated == actual) {
        return std::nullopt;
    }
    return Difference{to_string(Digest::kKind), encode_hex(stated->view()),
                      actual ? encode_hex(actual->view()) : std::string()};
}

}  // namespace

std::optional<Difference> find_difference(const StatedDigests& stated, const PartDigests& actual) {
    if (auto sha256 = differ(stated.sha256, std::optional(actual.sha256))) {
        return sha256;
    }
    if (auto md5 = differ(stated.md5, actual.md5)) {
        return md5;
    }
    if (auto crc64 = differ(stated.crc64nvme, actual.crc64nvme)) {
        return crc64;
    }
    return differ(stated.crc32c, actual.crc32c);
}

Refusal mismatch(Difference difference) {
    return {.reason = Reason::checksum_mismatch,
            .detail = "the bytes do not have the stated digest; nothing was stored",
            .difference = std::move(difference)};
}

}  // namespace slipway::engine
