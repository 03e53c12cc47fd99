#include "daemon/store_watch.hpp"

#include <algorithm>

#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace {

constexpr std::chrono::milliseconds kInterval{5000};

}  // namespace

StoreWatch::StoreWatch(const engine::Stores& stores, api::admin::Health& health,
                       telemetry::Metrics& registry)
    : health_(health) {
    for (ports::Store* store : stores.all()) {
        Watched& watched = stores_.emplace_back(*store);
        registry.gauge(
            "slipway_store_up", "Whether the store answered when it was asked last.",
            [&watched] { return watched.answers.load() ? 1.0 : 0.0; },
            "store=\"" + std::string(store->name()) + "\"");
    }
}

Task<void> StoreWatch::look_at(Watched& watched) {
    // There is no such file; that it is not found is an answer.
    const auto found = co_await watched.store.open_published(UploadId());
    const bool answers = found || found.error().code == Errc::not_found;
    if (watched.answers.exchange(answers) != answers) {
        telemetry::log(answers ? telemetry::Level::info : telemetry::Level::error,
                       answers ? "store_answers_again" : "store_away",
                       {{"store", watched.store.name()},
                        {"detail", answers ? std::string() : found.error().detail}});
    }
}

Task<void> StoreWatch::look() {
    for (Watched& watched : stores_) {
        co_await look_at(watched);
    }
    health_.set_store_away(std::ranges::none_of(
        stores_, [](const Watched& watched) { return watched.answers.load(); }));
}

Task<void> StoreWatch::run() {
    co_await ticker_.run(kInterval, [this] { return look(); });
}

}  // namespace slipway::daemon
