// The URL of a client request, taken apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace slipway::http {

enum class Scheme { http, https };

struct ClientUrl {
    Scheme scheme = Scheme::http;
    std::string host;  // a name or an address, without the brackets of IPv6
    std::uint16_t port = 80;
    std::string authority;  // as in the Host field
    std::string target;     // path and query as given; "/" where there is none
};

// Errors: invalid (no URL, user information in it, port out of range), unsupported (another scheme
// than http and https).
Result<ClientUrl> parse_client_url(std::string_view text);

}  // namespace slipway::http
