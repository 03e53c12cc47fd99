#include "daemon/webhooks.hpp"

#include <algorithm>
#include <utility>

#include "engine/upload_tasks/task_names.hpp"

namespace slipway::daemon {

namespace {

constexpr std::chrono::milliseconds kPoll{1000};
// An exchange is over before its lease has to be renewed twice.
constexpr std::chrono::milliseconds kShortestLease{30'000};

engine::TaskWorkerOptions worker_options(engine::World& world, const Config::Webhooks& config) {
    engine::TaskWorkerOptions options;
    options.owner = "slipwayd webhooks " + engine::random_task_id(world.random).to_string();
    options.workers = config.parallel;
    options.lease = std::max(kShortestLease, 2 * config.timeout);
    options.poll = kPoll;
    options.backoff = {.base = config.backoff, .max = config.backoff_max};
    return options;
}

}  // namespace

Webhooks::Webhooks(engine::World& world, engine::DeliveryMetrics& metrics,
                   std::vector<adapters::webhook::Endpoint> endpoints,
                   const Config::Webhooks& config)
    : sink_(world.tasks, world.clock, world.random, endpoints,
            {.source = config.source,
             .max_attempts = static_cast<std::uint32_t>(config.max_attempts)}),
      courier_(world.clock, endpoints,
               {.timeout = config.timeout, .allow_private = config.allow_private, .ca = config.ca}),
      delivery_(world.tasks, world.clock, courier_, metrics,
                std::max<std::size_t>(1, config.parallel / endpoints.size())),
      workers_(world.tasks, world.clock, world.random, worker_options(world, config)) {
    workers_.handle(core::TaskKind::webhook, delivery_);
}

void Webhooks::stop() {
    workers_.stop();
    courier_.stop();
}

}  // namespace slipway::daemon
