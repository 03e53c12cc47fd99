// What a client may call a file. The name is metadata: nothing is ever stored under it.
#pragma once

#include <cstddef>
#include <string_view>

namespace slipway::core {

inline constexpr std::size_t kMaxFileName = 255;

// 1 to 255 bytes of well-formed UTF-8 without control characters (C0, DEL, C1).
bool is_file_name(std::string_view name);

}  // namespace slipway::core
