#include "adapters/consul/registration.hpp"

#include <utility>

namespace slipway::adapters::consul {

using std::chrono::milliseconds;

Registration::Registration(ConsulClient& client, ServiceRegistration service,
                           std::function<bool()> is_ready, std::function<double()> chance,
                           RegistrationEvents events, RegistrationOptions options)
    : client_(client),
      service_(std::move(service)),
      is_ready_(std::move(is_ready)),
      chance_(std::move(chance)),
      events_(std::move(events)),
      options_(options) {}

Task<Result<>> Registration::look() {
    // What an earlier process of this address left there has other data: it is replaced unseen.
    if (replaced_) {
        const auto known = co_await client_.knows_service(service_.id);
        if (!known || *known) {
            co_return known ? Result<>() : std::unexpected(known.error());
        }
    }
    const auto status = is_ready_() ? FirstStatus::passing : FirstStatus::critical;
    auto registered = co_await client_.register_service(service_, status);
    if (registered) {
        replaced_ = true;
        events_.registered();
    }
    co_return registered;
}

milliseconds Registration::pause_after(const Result<>& looked) {
    if (looked) {
        failures_ = 0;
        const double jitter = chance_() * static_cast<double>(options_.interval.count()) / 4;
        return options_.interval + milliseconds(static_cast<milliseconds::rep>(jitter));
    }
    ++failures_;
    return runtime::backoff_delay(options_.backoff, failures_, chance_());
}

Task<void> Registration::run() {
    alarm_ = co_await runtime::Alarm::open();
    while (!leaving_) {
        const auto looked = co_await look();
        events_.asked(looked);
        if (!leaving_) {
            co_await alarm_->wait_for(pause_after(looked));
        }
    }
    ended_.deliver(true);
}

Task<Result<>> Registration::leave() {
    leaving_ = true;
    if (alarm_) {
        alarm_->ring();
    }
    // A registration that is under way would undo what follows.
    co_await ended_.wait();
    co_return co_await client_.deregister_service(service_.id);
}

}  // namespace slipway::adapters::consul
