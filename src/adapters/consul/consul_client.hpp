// ConsulClient: the calls of Consul's HTTP API that slipway makes, one attempt each. What to do
// when Consul is away is the caller's matter.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/consul/types.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::consul {

struct ConsulOptions {
    std::string address;                       // http[s]://HOST[:PORT]
    std::string token;                         // empty: none
    std::string ca;                            // as http::ClientOptions::ca
    std::chrono::milliseconds timeout{2'000};  // of a call that does not wait
};

// Used on one event loop; calls may overlap.
//
// Errors of all calls: unavailable and deadline_exceeded (Consul, or its leader, is away),
// forbidden (the token, or its lack), untrusted, throttled, invalid (an answer that is none, or a
// request that Consul does not take), cancelled (stop()).
class ConsulClient {
 public:
    explicit ConsulClient(ConsulOptions options);

    // Replaces what the agent knew under this id.
    Task<Result<>> register_service(ServiceRegistration service, FirstStatus status);
    // Also where the agent does not know it.
    Task<Result<>> deregister_service(std::string id);
    // Whether the agent knows a service of this id.
    Task<Result<bool>> knows_service(std::string id);

    // The instances whose checks pass. Consul answers up to a sixteenth later than it was told to.
    Task<Result<Indexed<std::vector<ServiceInstance>>>> passing(std::string service,
                                                                QueryPosition position);
    // Everything below a prefix; nothing where there is no such key.
    Task<Result<Indexed<std::vector<KvEntry>>>> read_tree(std::string prefix,
                                                          QueryPosition position);

    // The id of a new session, of this agent's node.
    Task<Result<std::string>> create_session(SessionRequest session);
    // Whether Consul still knows it.
    Task<Result<bool>> renew_session(std::string id);
    // What it holds is let go.
    Task<Result<>> destroy_session(std::string id);
    // Whether the session holds the key now. Writes the value where it does.
    Task<Result<bool>> acquire(std::string key, std::string session, std::string value);
    Task<Result<KvLock>> read_lock(std::string key);

    // Ends every call, now and later, with Errc::cancelled. Thread-safe.
    void stop() { client_.stop(); }

 private:
    Task<Result<http::ClientResponse>> send(http::Method method, std::string path,
                                            std::string body = {});
    Task<Result<http::ClientResponse>> query(std::string path, QueryPosition position);
    http::ClientRequest request(http::Method method, const std::string& path) const;

    const ConsulOptions options_;
    http::Client client_;
};

// What a status that is no success means. The text is Consul's own, which it answers as plain text.
Error translate_status(unsigned status, std::string_view text);

}  // namespace slipway::adapters::consul
