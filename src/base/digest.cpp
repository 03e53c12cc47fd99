#include "base/digest.hpp"

namespace slipway {

std::string_view to_string(DigestKind kind) {
    switch (kind) {
        case DigestKind::md5:
            return "md5";
        case DigestKind::sha256:
            return "sha256";
        case DigestKind::crc32c:
            return "crc32c";
        case DigestKind::crc64nvme:
            return "crc64nvme";
    }
    return "sha256";
}

std::optional<DigestKind> parse_digest_kind(std::string_view name) {
    for (const auto kind :
         {DigestKind::md5, DigestKind::sha256, DigestKind::crc32c, DigestKind::crc64nvme}) {
        if (to_string(kind) == name) {
            return kind;
        }
    }
    return std::nullopt;
}

}  // namespace slipway
