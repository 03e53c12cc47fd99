// ServerDirectory: the servers behind a location, looked up before the first call and again when
// one of them has failed, and how they did.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/consul/consul_client.hpp"
#include "base/result.hpp"
#include "cli/servers/server_list.hpp"
#include "cli/servers/server_location.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/task.hpp"

namespace slipway::cli {

struct DirectoryOptions {
    std::optional<Resolver> resolver;  // instead of those of the system
    std::string consul_token;
};

// Used on one event loop; calls may overlap.
class ServerDirectory final {
 public:
    ServerDirectory(ServerLocation location, DirectoryOptions options);

    // Looks servers up where that is due. Errors, only where no server is known: unavailable, and
    // those of a Consul that refuses.
    Task<Result<>> refresh();

    // After a successful refresh().
    const std::string& choose(double chance) const;
    // What came of asking this URL.
    void note(std::string_view url, bool failed);
    // As ServerList::rests().
    bool rests(std::string_view url) const;

 private:
    Task<Result<std::vector<KnownServer>>> look_up();
    Task<Result<std::vector<KnownServer>>> look_up_consul();

    const ServerLocation location_;
    const DirectoryOptions options_;
    // Where it is needed.
    std::unique_ptr<adapters::consul::ConsulClient> consul_;
    std::unique_ptr<runtime::BlockingPool> pool_;
    ServerList list_;
    ServerList::Time looked_up_at_;
    bool failed_since_ = true;
    bool looking_ = false;
};

}  // namespace slipway::cli
