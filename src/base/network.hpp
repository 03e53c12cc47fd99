// The address of a client, as limits count it. Pure: nothing is looked up.
#pragma once

#include <string>
#include <string_view>

namespace slipway {

// An IPv4 address in dotted form, or an IPv6 address.
bool is_address(std::string_view text);

// Who stands behind an address: an IPv4 address itself; of an IPv6 address its first 64 bits, as
// whoever has one address of a network has all of them. Other text stands for itself.
std::string network_of(std::string_view address);

}  // namespace slipway
