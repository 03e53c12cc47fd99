// is_word(): the form of names that operators give to what they configure, such as stores.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace slipway {

inline constexpr std::size_t kLongestStoreName = 32;

// 1 to `longest` of a-z, 0-9 and "-", which it neither begins nor ends with.
constexpr bool is_word(std::string_view text, std::size_t longest) {
    const bool of_letters = std::ranges::all_of(
        text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    return of_letters && !text.empty() && text.size() <= longest && !text.starts_with('-') &&
           !text.ends_with('-');
}

}  // namespace slipway
