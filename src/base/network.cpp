#include "base/network.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <span>

#include "base/encoding.hpp"

namespace slipway {

bool is_address(std::string_view text) {
    std::array<std::byte, 16> bytes{};
    const std::string terminated(text);
    return ::inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1 ||
           ::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1;
}

std::string network_of(std::string_view address) {
    std::array<std::byte, 16> bytes{};
    const std::string terminated(address);
    if (::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) != 1) {
        return terminated;
    }
    return encode_hex(std::span(bytes).first<8>()) + "/64";
}

}  // namespace slipway
