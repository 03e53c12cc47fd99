#include "daemon/cluster/cluster_member.hpp"

#include <utility>

#include "runtime/group.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace {

constexpr const char* kActiveStore = "active_store";

}  // namespace

ClusterMember::ClusterMember(Means means) : means_(std::move(means)), watch_(watch_means()) {
    means_.world.shared = means_.records.shared.get();
}

SharedWatch::Means ClusterMember::watch_means() {
    return {.state = *means_.records.shared,
            .load_api_keys = [this] { return means_.keys.load(); },
            .load_signing_keys = means_.reload_ring,
            .load_active_store = [this] { return load_active_store(); },
            .count_events = [this] { return count_events(); }};
}

void ClusterMember::relay() {
    relay_ = std::make_unique<RelayLease>(RelayLease::Means{.state = *means_.records.shared,
                                                            .clock = means_.world.clock,
                                                            .random = means_.world.random},
                                          means_.consul, means_.service);
    relay_->singleton().on_taken = [this] { means_.world.wake_relay(); };
    means_.records.fence_events(RelayLease::kName, [this] { return relay_->singleton().token(); });
}

Task<Result<>> ClusterMember::keep_active_store(std::string name) {
    const auto now = co_await means_.records.shared->word(kActiveStore);
    if (!now) {
        co_return std::unexpected(now.error());
    }
    co_return co_await means_.records.shared->replace_word(kActiveStore, *now, std::move(name));
}

Task<Result<>> ClusterMember::load_active_store() {
    const auto name = co_await means_.records.shared->word(kActiveStore);
    if (!name) {
        co_return std::unexpected(name.error());
    }
    engine::Stores& stores = means_.world.stores;
    const ports::Store* active = stores.active();
    if (*name == (active == nullptr ? std::string_view() : active->name())) {
        co_return Result<>();
    }
    if (!name->empty() && !stores.has(*name)) {
        co_return failure(Errc::invalid, "store: \"" + *name +
                                             "\" has taken over, and the configuration of this "
                                             "server does not have it");
    }
    stores.take_over(name->empty() ? nullptr : &stores.at(*name));
    telemetry::log(telemetry::Level::warn, "store_has_taken_over", {{"store", *name}});
    co_return Result<>();
}

Task<Result<>> ClusterMember::count_events() {
    auto counted = co_await means_.records.count_waiting_events();
    if (counted && means_.records.catalog->events_waiting() > 0) {
        means_.world.wake_relay();
    }
    co_return counted;
}

Task<void> ClusterMember::run() {
    const auto all = co_await runtime::Group::open();
    all->spawn(watch_.run());
    if (relay_) {
        all->spawn(relay_->singleton().run());
    }
    co_await all->wait();
}

void ClusterMember::stop() {
    watch_.stop();
    if (relay_) {
        relay_->singleton().stop();
    }
}

}  // namespace slipway::daemon
