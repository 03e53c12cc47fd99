#include "daemon/store_watch.hpp"

#include <utility>

#include "runtime/group.hpp"

namespace slipway::daemon {

namespace {

constexpr std::chrono::milliseconds kInterval{5000};

}  // namespace

StoreWatch::StoreWatch(engine::Stores& stores, StoreOpeners openers, api::admin::Health& health,
                       telemetry::Metrics& registry)
    : stores_(stores), openers_(std::move(openers)), health_(health) {
    for (const ports::Store* store : stores.all()) {
        const std::string name(store->name());
        if (openers_.contains(name)) {
            stores_.note_probe(name, false, "it was away at the start");
        }
        registry.gauge(
            "slipway_store_up", "Whether the store answers.",
            [this, name] { return stores_.answers(name) ? 1.0 : 0.0; }, "store=\"" + name + "\"");
    }
}

Task<Result<>> StoreWatch::probe(ports::Store& store) {
    if (const auto opener = openers_.find(store.name()); opener != openers_.end()) {
        if (auto opened = co_await opener->second(); !opened) {
            co_return opened;
        }
    }
    // There is no such file; that it is not found is an answer.
    const auto found = co_await store.open_published(UploadId());
    co_return found || found.error().code == Errc::not_found ? Result<>()
                                                             : std::unexpected(found.error());
}

Task<void> StoreWatch::look_at(ports::Store& store) {
    const auto answered = co_await probe(store);
    stores_.note_probe(store.name(), answered.has_value(),
                       answered ? std::string() : answered.error().detail);
}

// Each in its own time: one that is away keeps nobody waiting for the others.
Task<void> StoreWatch::look() {
    const auto all = co_await runtime::Group::open();
    for (ports::Store* store : stores_.all()) {
        all->spawn(look_at(*store));
    }
    co_await all->wait();
    health_.set_store_away(!stores_.is_any_up());
}

Task<void> StoreWatch::run() {
    co_await ticker_.run(kInterval, [this] { return look(); });
}

}  // namespace slipway::daemon
