#include "http/public_address.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace slipway::http {

namespace {

using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

struct Block4 {
    std::uint32_t first;
    unsigned bits;
};

constexpr std::uint32_t ip4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return (a << 24U) | (b << 16U) | (c << 8U) | d;
}

// https://www.iana.org/assignments/iana-ipv4-special-registry
constexpr std::array<Block4, 15> kSpecial4 = {{
    {ip4(0, 0, 0, 0), 8},        // this network
    {ip4(10, 0, 0, 0), 8},       // private
    {ip4(100, 64, 0, 0), 10},    // shared (carrier-grade NAT)
    {ip4(127, 0, 0, 0), 8},      // loopback
    {ip4(169, 254, 0, 0), 16},   // link local, with the metadata services of clouds
    {ip4(172, 16, 0, 0), 12},    // private
    {ip4(192, 0, 0, 0), 24},     // protocol assignments
    {ip4(192, 0, 2, 0), 24},     // documentation
    {ip4(192, 88, 99, 0), 24},   // 6to4 relays
    {ip4(192, 168, 0, 0), 16},   // private
    {ip4(198, 18, 0, 0), 15},    // benchmarking
    {ip4(198, 51, 100, 0), 24},  // documentation
    {ip4(203, 0, 113, 0), 24},   // documentation
    {ip4(224, 0, 0, 0), 4},      // multicast
    {ip4(240, 0, 0, 0), 4},      // reserved, with the broadcast address
}};

bool is_public(const address_v4& address) {
    const std::uint32_t value = address.to_uint();
    return std::ranges::none_of(kSpecial4, [value](const Block4& block) {
        return ((value ^ block.first) >> (32U - block.bits)) == 0;
    });
}

struct Block6 {
    std::array<std::uint8_t, 12> first;
    unsigned bits;
};

bool lies_in(const address_v6::bytes_type& bytes, const Block6& block) {
    for (unsigned bit = 0; bit < block.bits; ++bit) {
        const unsigned mask = 0x80U >> (bit % 8U);
        if (((bytes[bit / 8] ^ block.first[bit / 8]) & mask) != 0) {
            return false;
        }
    }
    return true;
}

// Everything that is not in it is special, or not assigned (RFC 4291 section 2.4).
constexpr Block6 kGlobalUnicast = {{0x20}, 3};
constexpr Block6 kNat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};
// https://www.iana.org/assignments/iana-ipv6-special-registry
constexpr std::array<Block6, 4> kSpecial6 = {{
    {{0x20, 0x01, 0x00}, 23},        // protocol assignments: Teredo, ORCHID, benchmarking
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x20, 0x02}, 16},              // 6to4
    {{0x3f, 0xff, 0x00}, 20},        // documentation
}};

bool is_public(const address_v6& address) {
    const auto bytes = address.to_bytes();
    if (address.is_v4_mapped() || lies_in(bytes, kNat64)) {
        return is_public(address_v4({bytes[12], bytes[13], bytes[14], bytes[15]}));
    }
    return lies_in(bytes, kGlobalUnicast) &&
           std::ranges::none_of(kSpecial6,
                                [&bytes](const Block6& block) { return lies_in(bytes, block); });
}

}  // namespace

bool is_public_address(const boost::asio::ip::address& address) {
    return address.is_v4() ? is_public(address.to_v4()) : is_public(address.to_v6());
}

}  // namespace slipway::http
