// What a statement's failure means for whoever asked: the one place where errors of the server and
// of the connection to it are told apart.
#pragma once

#include <boost/system/error_code.hpp>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace slipway::adapters::mariadb {

enum class SqlFailure : std::uint8_t {
    none,
    duplicate,  // the row is there already; the rest of the transaction stands
    repeat,     // the transaction met another one: from its beginning once more
    lost,       // the connection is of no use any more; its transaction is undone
    refused,    // it would fail again
};

struct SqlError {
    SqlFailure failure = SqlFailure::refused;
    Error error;
};

// `message` is the server's own, and may be empty. Codes: MariaDB's "Error Codes" and
// boost/mysql/common_server_errc.hpp.
SqlError translate(const boost::system::error_code& code, std::string_view message);

}  // namespace slipway::adapters::mariadb
