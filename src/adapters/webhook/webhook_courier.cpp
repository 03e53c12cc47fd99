#include "adapters/webhook/webhook_courier.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <utility>

#include "adapters/webhook/signature.hpp"
#include "base/time.hpp"

namespace slipway::adapters::webhook {

namespace {

using ports::Delivered;
using ports::DeliveryOutcome;
using ports::NotDelivered;
using std::chrono::milliseconds;

constexpr unsigned kGone = 410;
constexpr milliseconds kLongestWish{std::chrono::hours(24)};

http::ClientOptions client_options(const WebhookCourierOptions& options) {
    return {.max_idle_per_host = 2,
            .connect_timeout = options.timeout,
            .stall_timeout = options.timeout,
            .total_timeout = options.timeout,
            .collect_limit = 16_KiB,
            .ca = options.ca,
            .addresses =
                options.allow_private ? http::AddressRule::any : http::AddressRule::public_only};
}

// RFC 9110 section 10.2.3: seconds, or a date.
std::optional<milliseconds> retry_after(const http::Headers& headers, WallTime now) {
    const auto text = headers.find("Retry-After");
    if (!text) {
        return std::nullopt;
    }
    std::uint32_t seconds = 0;
    const auto* end = text->data() + text->size();
    if (const auto [at, error] = std::from_chars(text->data(), end, seconds);
        error == std::errc{} && at == end) {
        return std::min<milliseconds>(std::chrono::seconds(seconds), kLongestWish);
    }
    std::tm date{};
    if (::strptime(std::string(*text).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date) == nullptr) {
        return std::nullopt;
    }
    const auto until = from_unix_millis(std::int64_t{::timegm(&date)} * 1000);
    return std::clamp(until - now, milliseconds(0), kLongestWish);
}

DeliveryOutcome outcome_of(unsigned status, const http::Headers& headers, WallTime now) {
    if (status / 100 == 2) {
        return Delivered{};
    }
    std::string said = "answered " + std::to_string(status);
    if (status / 100 == 3) {
        said += "; redirects are not followed";
    }
    return NotDelivered{.error = {Errc::unavailable, std::move(said)},
                        .is_final = status == kGone,
                        .retry_after = retry_after(headers, now)};
}

}  // namespace

WebhookCourier::WebhookCourier(ports::Clock& clock, std::vector<Endpoint> endpoints,
                               WebhookCourierOptions options)
    : clock_(clock), client_(client_options(options)) {
    for (Endpoint& endpoint : endpoints) {
        const std::string name = endpoint.name;
        endpoints_.emplace(name, std::move(endpoint));
    }
}

http::ClientRequest WebhookCourier::request_for(const Endpoint& endpoint,
                                                core::Delivery delivery) const {
    const std::string id = delivery.event.to_string();
    const std::int64_t now = unix_seconds(clock_.wall());
    http::ClientRequest request;
    request.method = http::Method::post;
    request.url = endpoint.url;
    request.headers.add("Content-Type", "application/cloudevents+json");
    request.headers.add("User-Agent", "slipway");
    request.headers.add("webhook-id", id);
    request.headers.add("webhook-timestamp", std::to_string(now));
    request.headers.add(
        "webhook-signature",
        sign(endpoint.secrets, {.id = id, .timestamp = now, .body = delivery.body}));
    if (!delivery.traceparent.empty()) {
        request.headers.add("traceparent", delivery.traceparent);
    }
    request.body = std::move(delivery.body);
    return request;
}

Task<DeliveryOutcome> WebhookCourier::deliver(core::Delivery delivery) {
    const auto endpoint = endpoints_.find(delivery.endpoint);
    if (endpoint == endpoints_.end()) {
        co_return NotDelivered{
            .error = {Errc::not_found, "endpoint " + delivery.endpoint + " is not configured"},
            .is_final = true};
    }
    auto request = request_for(endpoint->second, std::move(delivery));
    // What the head says counts, whatever becomes of the body.
    unsigned status = 0;
    request.check_head = [&status](unsigned answered, const http::Headers&) {
        status = answered;
        return Result<>();
    };
    auto response = co_await client_.send(std::move(request));
    if (!response && status / 100 != 2) {
        co_return NotDelivered{.error = std::move(response.error())};
    }
    co_return response ? outcome_of(status, response->headers, clock_.wall())
                       : DeliveryOutcome(Delivered{});
}

}  // namespace slipway::adapters::webhook
