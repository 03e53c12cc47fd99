// Which addresses belong to the public internet: what a server may be sent to that an outsider
// could choose, or whose name he controls. Nothing of this host, of its network or of a network
// that is reached by translation is among them.
#pragma once

#include <boost/asio/ip/address.hpp>

namespace slipway::http {

// Global unicast by the special-purpose registries of IANA (RFC 6890 and its updates). An IPv4
// address within an IPv6 one (mapped, or behind NAT64, RFC 6052) is judged as itself.
bool is_public_address(const boost::asio::ip::address& address);

}  // namespace slipway::http
