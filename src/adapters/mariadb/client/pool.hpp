// Pool: so many connections to the server at most, opened when they are needed and kept. Who asks
// while all are taken waits in order of asking. While the server is away, those who ask are told so
// at once and it is tried again only now and then.
//
// For one event loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/mariadb/client/session.hpp"
#include "runtime/retry.hpp"
#include "runtime/slots.hpp"

namespace slipway::adapters::mariadb {

struct PoolOptions {
    ServerAddress address;
    SessionLimits limits = {};
    std::size_t connections = 8;
    // How long after the nth failure in a row nobody tries to connect.
    runtime::RetryPolicy backoff{.base = std::chrono::milliseconds(50),
                                 .max = std::chrono::milliseconds(2'000)};
};

class Pool;

// A connection on loan; goes back at the end unless it is lost.
class Lease final {
 public:
    Lease(Pool& pool, runtime::Slot slot, std::unique_ptr<Session> session);
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Session& session() const { return *session_; }

 private:
    Pool* pool_;
    runtime::Slot slot_;
    std::unique_ptr<Session> session_;
};

class Pool final {
 public:
    explicit Pool(PoolOptions options);
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Errors: those of Session::connect.
    Task<Result<Lease>> take();
    // Closes those that are not on loan; with the last of them the pool may go.
    void close() { idle_.clear(); }

 private:
    friend class Lease;
    void give_back(std::unique_ptr<Session> session);

    const PoolOptions options_;
    const runtime::RetryWorld world_ = runtime::real_retry_world();
    runtime::Slots slots_;
    std::vector<std::unique_ptr<Session>> idle_;
    unsigned failures_ = 0;
    std::chrono::steady_clock::time_point try_again_;
    Error last_error_;
};

}  // namespace slipway::adapters::mariadb
