#include "daemon/cluster/shared_watch.hpp"

#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace {

constexpr std::chrono::milliseconds kPause{1'000};

}  // namespace

Task<Result<>> SharedWatch::look() {
    // Read first: what changes while the rest is read is a change to the next look.
    const auto revisions = co_await means_.state.revisions();
    if (!revisions) {
        co_return std::unexpected(revisions.error());
    }
    if (!seen_ || seen_->api_keys != revisions->api_keys) {
        if (auto loaded = co_await means_.load_api_keys(); !loaded) {
            co_return loaded;
        }
    }
    if (!seen_ || seen_->signing_keys != revisions->signing_keys) {
        if (auto loaded = co_await means_.load_signing_keys(); !loaded) {
            co_return loaded;
        }
    }
    seen_ = *revisions;
    if (auto loaded = co_await means_.load_active_store(); !loaded) {
        co_return loaded;
    }
    co_return co_await means_.count_events();
}

Task<void> SharedWatch::look_and_tell() {
    const auto looked = co_await look();
    if (!looked && !away_) {
        telemetry::log(telemetry::Level::warn, "shared_state_unread",
                       {{"detail", looked.error().detail}});
    }
    if (looked && away_) {
        telemetry::log(telemetry::Level::info, "shared_state_read_again");
    }
    away_ = !looked;
}

Task<void> SharedWatch::run() {
    co_await ticker_.run(kPause, [this] { return look_and_tell(); });
}

}  // namespace slipway::daemon
