#include "core/file_name.hpp"

#include "base/encoding.hpp"

namespace slipway::core {

namespace {

bool has_control_character(std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto c = static_cast<unsigned char>(name[i]);
        // U+0080 to U+009F are the bytes C2 80 to C2 9F.
        const bool c1 =
            c == 0xc2 && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xa0;
        if (c < 0x20 || c == 0x7f || c1) {
            return true;
        }
    }
    return false;
}

}  // namespace

bool is_file_name(std::string_view name) {
    return !name.empty() && name.size() <= kMaxFileName && is_utf8(name) &&
           !has_control_character(name);
}

}  // namespace slipway::core
