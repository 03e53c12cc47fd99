#include "daemon/health_watch.hpp"

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
    const auto room = co_await world_.store.free_space();
    free_.store(room ? room->value() : 0);
    health_.set_low_space(!room || *room == 0_B);
    // There is no such upload; that it is not found is an answer.
    const auto found = co_await world_.catalog.find_upload(UploadId());
    health_.set_catalog_away(!found && found.error().code != Errc::not_found);
}

Task<void> HealthWatch::run() {
    co_await ticker_.run(kInterval, [this] { return look(); });
}

}  // namespace slipway::daemon
