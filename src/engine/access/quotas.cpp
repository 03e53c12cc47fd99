#include "engine/access/quotas.hpp"

#include "telemetry/log.hpp"

namespace slipway::engine {

Task<Outcome<QuotaStatus>> Quotas::status(RequestContext context, std::string principal) {
    const auto usage = co_await world_.catalog.find_usage(principal);
    if (!usage) {
        co_return refuse(usage.error(), "find_usage", context.request_id);
    }
    const auto own = co_await world_.catalog.find_quota(principal);
    if (!own) {
        co_return refuse(own.error(), "find_quota", context.request_id);
    }
    co_return QuotaStatus{
        .usage = *usage, .quota = own->value_or(world_.options.quota), .is_own = own->has_value()};
}

Task<Outcome<>> Quotas::require(RequestContext context, std::string principal, core::Usage added) {
    const auto found = co_await status(std::move(context), std::move(principal));
    if (!found) {
        co_return std::unexpected(found.error());
    }
    if (const auto excess = core::find_excess(found->quota, found->usage, added)) {
        co_return refuse(*excess);
    }
    co_return Outcome<>();
}

Task<Outcome<>> Quotas::set(RequestContext context, std::string principal,
                            std::optional<core::Quota> quota) {
    const auto written = co_await world_.catalog.set_quota(principal, quota);
    if (!written) {
        co_return refuse(written.error(), "set_quota", context.request_id);
    }
    telemetry::log(telemetry::Level::info, quota ? "quota_set" : "quota_reset",
                   {{"principal", principal}, {"request_id", context.request_id}});
    co_return Outcome<>();
}

}  // namespace slipway::engine
