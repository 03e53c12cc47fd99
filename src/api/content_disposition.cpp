#include "api/content_disposition.hpp"

#include "base/encoding.hpp"

namespace slipway::api {

std::string attachment_disposition(std::string_view name) {
    std::string ascii;
    for (const char c : name) {
        const bool plain = c >= 0x20 && c <= 0x7e && c != '"' && c != '\\' && c != '/' && c != '%';
        ascii.push_back(plain ? c : '_');
    }
    return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + encode_percent(name);
}

}  // namespace slipway::api
