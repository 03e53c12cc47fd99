#include "daemon/store_watch.hpp"

#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace {

constexpr std::chrono::milliseconds kInterval{5000};

}  // namespace

StoreWatch::StoreWatch(ports::Store& store, api::admin::Health& health,
                       telemetry::Metrics& registry)
    : store_(store), health_(health) {
    registry.gauge("slipway_store_answers", "Whether the store answered when it was asked last.",
                   [this] { return answers_.load() ? 1.0 : 0.0; });
}

Task<void> StoreWatch::look() {
    // There is no such file; that it is not found is an answer.
    const auto found = co_await store_.open_published(UploadId());
    const bool answers = found || found.error().code == Errc::not_found;
    if (answers_.exchange(answers) != answers) {
        telemetry::log(
            answers ? telemetry::Level::info : telemetry::Level::error,
            answers ? "store_answers_again" : "store_away",
            {{"store", store_.name()}, {"detail", answers ? std::string() : found.error().detail}});
    }
    health_.set_store_away(!answers);
}

Task<void> StoreWatch::run() {
    co_await ticker_.run(kInterval, [this] { return look(); });
}

}  // namespace slipway::daemon
