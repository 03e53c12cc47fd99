// RealRedis: a Redis server, or a sentinel, of a test's own, by the scripts of scripts/servers.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/redis/client/options.hpp"
#include "adapters/redis/client/redis_client.hpp"

namespace slipway::redis_tests {

// Guarded: by a password. Encrypted: by TLS.
enum class Access { open, guarded, encrypted };

class RealRedis final {
 public:
    // Starts it. `replica_of`: of that one.
    explicit RealRedis(Access access = Access::open, const RealRedis* replica_of = nullptr);
    // Starts a sentinel that watches a master, which it calls "test".
    static std::unique_ptr<RealRedis> sentinel_of(const RealRedis& master);
    ~RealRedis();
    RealRedis(const RealRedis&) = delete;
    RealRedis& operator=(const RealRedis&) = delete;

    const adapters::redis::ServerAddress& address() const { return address_; }
    // That client's way to it.
    adapters::redis::RedisOptions options() const;

    void kill();
    // On the port that it had.
    void start();
    void pause();
    void resume();
    // What redis-cli prints for a command, without the end of the line.
    std::string ask(const std::string& command) const;

 private:
    RealRedis(std::string script, std::string folder, Access access);
    void run_script(const std::string& command) const;
    int process() const;

    const std::string script_;
    const std::string folder_;
    const Access access_;
    adapters::redis::ServerAddress address_;
};

// Returns when it holds.
void wait_for(const std::function<bool()>& condition);
// The client's connection, once there is one.
adapters::redis::SharedSession wait_for_session(const adapters::redis::RedisClient& client);

}  // namespace slipway::redis_tests
