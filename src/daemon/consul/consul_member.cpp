#include "daemon/consul/consul_member.hpp"

#include <string>
#include <utility>
#include <vector>

#include "runtime/group.hpp"
#include "runtime/sleep.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

using telemetry::Level;

namespace {

bool is_ready(const api::admin::Health& health) {
    return health.readyz().status == 200;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

}  // namespace

ConsulMember::ConsulMember(adapters::consul::ConsulOptions options,
                           adapters::consul::ServiceRegistration service, LiveSettings settings,
                           const api::admin::Health& health, telemetry::Metrics& metrics)
    : id_(service.id),
      client_(std::move(options)),
      world_(runtime::real_retry_world()),
      registration_(
          client_, service, [&health] { return is_ready(health); }, world_.random,
          events(metrics.counter("slipway_consul_registrations_total",
                                 "Times that this server was registered in Consul."))),
      peers_(client_, service.name, world_.random,
             [this](const adapters::consul::PeerWatch::Change& change) { note_peers(change); }),
      settings_prefix_(settings.prefix()),
      settings_(std::move(settings)),
      settings_query_(world_.random) {
    metrics.gauge("slipway_consul_answers", "Whether Consul answered when it was asked last.",
                  [this] { return answers_.load() == 1 ? 1.0 : 0.0; });
    metrics.gauge("slipway_consul_peers",
                  "Servers of the service that Consul finds ready, this one among them.",
                  [this] { return static_cast<double>(peers_count_.load()); });
}

adapters::consul::RegistrationEvents ConsulMember::events(telemetry::Counter& registrations) {
    return {.registered =
                [this, &registrations] {
                    registrations.add();
                    telemetry::log(Level::info, "consul_registered", {{"id", id_}});
                },
            .asked = [this](const Result<>& outcome) { note_asked(outcome); }};
}

void ConsulMember::note_asked(const Result<>& outcome) {
    const int answers = outcome ? 1 : 0;
    const int before = answers_.exchange(answers);
    if (before == answers || (answers == 1 && before < 0)) {
        return;
    }
    if (outcome) {
        telemetry::log(Level::info, "consul_answers_again");
    } else {
        telemetry::log(Level::warn, "consul_away", {{"detail", outcome.error().detail}});
    }
}

void ConsulMember::note_peers(const adapters::consul::PeerWatch::Change& change) {
    peers_count_.store(change.count);
    telemetry::log(Level::info, "consul_peers",
                   {{"joined", joined(change.joined)},
                    {"left", joined(change.left)},
                    {"count", std::uint64_t{change.count}}});
}

Task<Result<std::uint64_t>> ConsulMember::ask_settings(adapters::consul::QueryPosition position) {
    const auto answered = co_await client_.read_tree(settings_prefix_, position);
    if (!answered) {
        co_return std::unexpected(answered.error());
    }
    settings_.take(overrides_of(settings_prefix_, answered->value));
    co_return answered->index;
}

Task<void> ConsulMember::run() {
    const auto all = co_await runtime::Group::open();
    all->spawn(registration_.run());
    all->spawn(peers_.run());
    all->spawn(settings_query_.run(
        [this](adapters::consul::QueryPosition position) { return ask_settings(position); }));
    co_await all->wait();
    ended_.deliver(true);
}

Task<void> ConsulMember::leave(std::chrono::milliseconds wait) {
    if (const auto left = co_await registration_.leave(); left) {
        telemetry::log(Level::info, "consul_left", {{"id", id_}});
        co_await runtime::sleep_for(wait);
    } else {
        telemetry::log(Level::warn, "consul_not_left", {{"detail", left.error().detail}});
    }
    peers_.stop();
    settings_query_.stop();
    client_.stop();
    co_await ended_.wait();
}

}  // namespace slipway::daemon
