// Where Redis is, as whom one comes to it, and how long is waited for it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/tls_context.hpp"
#include "runtime/retry.hpp"

namespace slipway::adapters::redis {

struct ServerAddress {
    std::string host;
    std::uint16_t port = 6379;
    friend bool operator==(const ServerAddress&, const ServerAddress&) = default;
};

struct RedisOptions {
    // The server itself; or, where there are sentinels, whatever they call the master.
    ServerAddress server;
    std::vector<ServerAddress> sentinels;
    std::string master_name;
    std::string password;           // empty: none is shown
    std::string sentinel_password;  // the same for the sentinels
    // Whom is trusted, where server and sentinels are spoken to by TLS; nothing: they are not.
    std::shared_ptr<http::TlsContext> tls;
    std::uint32_t database = 0;
    // Resolving, connecting and logging in; one question to a sentinel.
    std::chrono::milliseconds connect{1'000};
    // A command that is not answered for so long ends the connection: what would be read from it
    // next comes too late as well.
    std::chrono::milliseconds answer{500};
    // Commands that wait for their answers.
    std::size_t max_waiting = 20'000;
    runtime::RetryPolicy backoff{.base = std::chrono::milliseconds(50),
                                 .max = std::chrono::milliseconds(2'000)};
};

}  // namespace slipway::adapters::redis
