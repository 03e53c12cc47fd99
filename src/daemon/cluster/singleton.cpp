#include "daemon/cluster/singleton.hpp"

#include "telemetry/log.hpp"

namespace slipway::daemon {

std::optional<std::uint64_t> Singleton::token() const {
    const std::uint64_t token = token_.load();
    return token != 0 && means_.clock.steady() < safe_until_.load() ? std::optional(token)
                                                                    : std::nullopt;
}

// By the steady clock, from before it was asked for, and before the lease is over by that of
// others.
void Singleton::note(std::uint64_t token, SteadyTime asked_at) {
    safe_until_.store(asked_at + means_.length * 4 / 5);
    if (token_.exchange(token) == token) {
        return;
    }
    telemetry::log(telemetry::Level::info, "lease_taken",
                   {{"lease", means_.name}, {"token", token}});
    on_taken();
}

void Singleton::note_lost() {
    if (const auto token = token_.exchange(0); token != 0) {
        telemetry::log(telemetry::Level::warn, "lease_lost",
                       {{"lease", means_.name}, {"token", token}});
    }
}

Task<void> Singleton::look() {
    const SteadyTime asked_at = means_.clock.steady();
    const auto taken = co_await means_.take();
    if (taken && *taken) {
        note(**taken, asked_at);
    } else if (taken || !token()) {
        note_lost();
    }
    if (!taken && !failed_) {
        telemetry::log(telemetry::Level::warn, "lease_not_asked",
                       {{"lease", means_.name}, {"detail", taken.error().detail}});
    }
    failed_ = !taken;
}

Task<void> Singleton::run() {
    co_await look();
    co_await ticker_.run(means_.length / 5, [this] { return look(); });
    if (token_.exchange(0) != 0) {
        // Where this fails, the lease ends by its time.
        static_cast<void>(co_await means_.give_back());
    }
}

}  // namespace slipway::daemon
