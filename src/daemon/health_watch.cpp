#include "daemon/health_watch.hpp"

#include <algorithm>

namespace slipway::daemon {

namespace {

constexpr std::chrono::milliseconds kInterval{1000};

}  // namespace

HealthWatch::HealthWatch(engine::World& world, api::admin::Health& health,
                         telemetry::Metrics& registry)
    : world_(world), health_(health) {
    registry.gauge("slipway_store_free_bytes", "Room for uploads, the reserve not counted.",
                   [this] { return static_cast<double>(free_.load()); });
}

Task<void> HealthWatch::look() {
    ByteCount most;
    for (ports::Store* store : world_.stores.all()) {
        most = std::max(most, (co_await store->free_space()).value_or(0_B));
    }
    free_.store(most.value());
    health_.set_low_space(most == 0_B);
    // There is no such upload; that it is not found is an answer.
    const auto found = co_await world_.catalog.find_upload(UploadId());
    health_.set_catalog_away(!found && found.error().code != Errc::not_found);
}

Task<void> HealthWatch::run() {
    co_await ticker_.run(kInterval, [this] { return look(); });
}

}  // namespace slipway::daemon
