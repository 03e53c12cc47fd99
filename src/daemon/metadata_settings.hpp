// Where the catalog is kept, as it is configured: checked without going there; and the password,
// which is no setting.
#pragma once

#include <string>

#include "adapters/mariadb/client/address.hpp"
#include "base/result.hpp"
#include "daemon/config_loader.hpp"

namespace slipway::daemon {

inline constexpr std::string_view kEmbeddedMetadata = "embedded";
inline constexpr std::string_view kMariaDbMetadata = "mariadb";

// Who has to have a part's record before the part is acknowledged.
inline constexpr std::string_view kAckByMariaDb = "mysql";
inline constexpr std::string_view kAckByRedis = "redis";

// The setting metadata.ack does not go with others: why; or empty.
std::string find_ack_contradiction(const Config& config);

// What contradicts itself, or empty.
std::string find_metadata_contradiction(const Config::Metadata& metadata);

// SLIPWAY_METADATA_PASSWORD, else the file metadata.password_file. Precondition: the catalog is on
// MariaDB and nothing contradicts itself. invalid: neither is there, or the file cannot be read.
Result<adapters::mariadb::ServerAddress> load_server_address(const Environment& environment,
                                                             const Config::Metadata& metadata);

}  // namespace slipway::daemon
