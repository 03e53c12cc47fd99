#include "base/ids.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace slipway {

template <class Named>
std::optional<RandomId<Named>> RandomId<Named>::parse(std::string_view text) {
    Bytes bytes{};
    if (text.size() != 2 * kSize || !decode_hex(text, std::as_writable_bytes(std::span(bytes)))) {
        return std::nullopt;
    }
    return RandomId(bytes);
}

template <class Named>
std::string RandomId<Named>::to_string() const {
    return encode_hex(std::as_bytes(std::span(bytes_)));
}

template class RandomId<UploadName>;
template class RandomId<TaskName>;
template class RandomId<KeyName>;
template class RandomId<EventName>;

}  // namespace slipway
