#include "daemon/metadata_settings.hpp"

#include <utility>

#include "daemon/redis_settings.hpp"
#include "daemon/secret_text.hpp"

namespace slipway::daemon {

namespace {

constexpr const char* kPasswordVariable = "SLIPWAY_METADATA_PASSWORD";

Result<std::string> load_password(const Environment& environment, const std::string& file) {
    auto password =
        load_secret(environment,
                    {.variable = kPasswordVariable, .key = "metadata.password_file", .file = file});
    if (!password) {
        return std::unexpected(std::move(password.error()));
    }
    if (!*password) {
        return failure(Errc::invalid, std::string("metadata.password_file: is not set, nor is ") +
                                          kPasswordVariable);
    }
    return std::move(**password);
}

}  // namespace

std::string find_metadata_contradiction(const Config::Metadata& metadata) {
    if (metadata.kind == kEmbeddedMetadata) {
        return metadata.url.empty()
                   ? ""
                   : "metadata.url: is for metadata.kind = \"mariadb\", and that is embedded";
    }
    if (metadata.url.empty()) {
        return "metadata.url: must say where MariaDB is, when metadata.kind is mariadb";
    }
    if (const auto address = adapters::mariadb::parse_server_address(metadata.url); !address) {
        return "metadata.url: " + address.error().detail;
    }
    if (!metadata.tls && !metadata.ca.empty()) {
        return "metadata.ca: is for metadata.tls, and that is off";
    }
    return "";
}

std::string find_ack_contradiction(const Config& config) {
    if (config.metadata.ack == kAckByMariaDb) {
        return "";
    }
    if (config.metadata.kind != kMariaDbMetadata) {
        return "metadata.ack: \"redis\" is for metadata.kind = \"mariadb\"";
    }
    if (!uses_redis(config.redis)) {
        return "metadata.ack: \"redis\" needs redis.address or redis.sentinels";
    }
    if (config.stores.empty()) {
        return "metadata.ack: \"redis\" needs a [[store]] of kind s3: what Redis loses is rebuilt "
               "from it";
    }
    return "";
}

Result<adapters::mariadb::ServerAddress> load_server_address(const Environment& environment,
                                                             const Config::Metadata& metadata) {
    auto address = adapters::mariadb::parse_server_address(metadata.url);
    auto password = load_password(environment, metadata.password_file);
    if (!address || !password) {
        return std::unexpected(address ? password.error() : address.error());
    }
    address->password = std::move(*password);
    address->encryption =
        metadata.tls ? adapters::mariadb::Encryption::verified : adapters::mariadb::Encryption::off;
    address->ca_file = metadata.ca;
    return address;
}

}  // namespace slipway::daemon
