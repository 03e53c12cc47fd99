// What a client may say about a file, whichever door it comes through.
#pragma once

#include <cstddef>
#include <string_view>

namespace slipway::api::native {

inline constexpr std::size_t kMaxContentType = 255;
// Bytes of names and values together.
inline constexpr std::size_t kMaxMetadata = 8192;

// It is answered again as a header field, so it holds nothing that a field cannot carry.
constexpr bool is_content_type(std::string_view text) {
    for (const char c : text) {
        if (c < 0x20 || c > 0x7e) {
            return false;
        }
    }
    return text.size() <= kMaxContentType;
}

}  // namespace slipway::api::native
