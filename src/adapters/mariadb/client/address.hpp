// ServerAddress: where the server is and as whom one comes to it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace slipway::adapters::mariadb {

enum class Encryption : std::uint8_t {
    off,
    verified,  // TLS, with the server's certificate checked for its name
};

struct ServerAddress {
    std::string host;
    std::uint16_t port = 3306;
    std::string user;
    std::string database;
    std::string password;  // is no part of a URL
    Encryption encryption = Encryption::off;
    std::string ca_file;  // of certificates that are trusted; the system's where it is empty
};

// mysql://USER@HOST[:PORT]/DATABASE, without a password: it would stand in logs and listings.
// invalid: anything else, with the reason.
Result<ServerAddress> parse_server_address(std::string_view url);

}  // namespace slipway::adapters::mariadb
