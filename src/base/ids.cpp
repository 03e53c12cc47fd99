#include "base/ids.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace slipway {

std::optional<UploadId> UploadId::parse(std::string_view text) {
    Bytes bytes{};
    if (text.size() != 2 * kSize || !decode_hex(text, std::as_writable_bytes(std::span(bytes)))) {
        return std::nullopt;
    }
    return UploadId(bytes);
}

std::string UploadId::to_string() const {
    return encode_hex(std::as_bytes(std::span(bytes_)));
}

}  // namespace slipway
