// Registration: keeps a service registered with the agent for as long as it runs. An agent that is
// away is asked again and again; one that has forgotten the service, as after a restart without its
// data, is told of it again. Nothing here fails: the service serves whether Consul is there or not.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "adapters/consul/consul_client.hpp"
#include "runtime/alarm.hpp"
#include "runtime/one_shot.hpp"
#include "runtime/retry.hpp"

namespace slipway::adapters::consul {

struct RegistrationOptions {
    // Between two looks at whether the agent still knows the service, up to a quarter more.
    std::chrono::milliseconds interval{5'000};
    runtime::RetryPolicy backoff{.base = std::chrono::milliseconds(500),
                                 .max = std::chrono::seconds(30)};
};

// What whoever watches is told, on the loop of run().
struct RegistrationEvents {
    std::function<void()> registered;            // for the first time, or again
    std::function<void(const Result<>&)> asked;  // how every look ended
};

class Registration {
 public:
    // The client outlives it. `is_ready` says what the check would find.
    Registration(ConsulClient& client, ServiceRegistration service, std::function<bool()> is_ready,
                 std::function<double()> chance, RegistrationEvents events,
                 RegistrationOptions options = {});

    // Until leave(). Once.
    Task<void> run();
    // Ends run(), and then tells the agent that the service is no more: true when it knows. After
    // run() has begun; on its loop, once.
    Task<Result<>> leave();

 private:
    Task<Result<>> look();
    std::chrono::milliseconds pause_after(const Result<>& looked);

    ConsulClient& client_;
    const ServiceRegistration service_;
    const std::function<bool()> is_ready_;
    const std::function<double()> chance_;
    const RegistrationEvents events_;
    const RegistrationOptions options_;
    unsigned failures_ = 0;
    bool replaced_ = false;
    bool leaving_ = false;
    std::unique_ptr<runtime::Alarm> alarm_;
    runtime::OneShot<bool> ended_;
};

}  // namespace slipway::adapters::consul
