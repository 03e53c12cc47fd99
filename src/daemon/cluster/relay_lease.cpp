#include "daemon/cluster/relay_lease.hpp"

#include <utility>

#include "engine/upload_tasks/task_names.hpp"

namespace slipway::daemon {

namespace {

// A session of Consul lives for 10 s at least.
constexpr std::chrono::milliseconds kLength{10'000};

}  // namespace

RelayLease::RelayLease(Means means, const adapters::consul::ConsulOptions& consul,
                       const std::string& service)
    : state_(means.state), owner_("slipwayd " + engine::random_task_id(means.random).to_string()) {
    if (!consul.address.empty()) {
        client_ = std::make_unique<adapters::consul::ConsulClient>(consul);
        lock_ = std::make_unique<adapters::consul::ConsulLock>(
            *client_,
            adapters::consul::LockOptions{.key = service + "/locks/" + kName, .holder = owner_});
    }
    singleton_ =
        std::make_unique<Singleton>(Singleton::Means{.clock = means.clock,
                                                     .name = kName,
                                                     .length = kLength,
                                                     .take = [this] { return take(); },
                                                     .give_back = [this] { return give_back(); }});
}

Task<Result<std::optional<std::uint64_t>>> RelayLease::take() {
    return lock_ ? take_lock()
                 : state_.take_lease({.name = kName, .owner = owner_, .length = kLength});
}

// Its token counts only once the database knows of it: then those of before are refused there.
Task<Result<std::optional<std::uint64_t>>> RelayLease::take_lock() {
    auto held = co_await lock_->hold();
    if (!held || !*held || **held == noted_) {
        co_return held;
    }
    if (auto noted = co_await state_.note_lease(kName, owner_, **held); !noted) {
        co_return std::unexpected(std::move(noted.error()));
    }
    noted_ = **held;
    co_return held;
}

Task<Result<>> RelayLease::give_back() {
    return lock_ ? lock_->release() : state_.give_lease_back(kName, owner_);
}

}  // namespace slipway::daemon
