#include "daemon/open_s3_store.hpp"

#include <array>
#include <chrono>
#include <utility>

#include "adapters/s3/capability_probe.hpp"
#include "adapters/s3/setup/setup_fault.hpp"
#include "adapters/s3/store/s3_store.hpp"
#include "base/encoding.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace s3 = adapters::s3;

namespace {

// Nothing else works on keys that begin with it.
std::string fresh_prefix(const s3::StoreDescription& store, ports::Random& random) {
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    return store.prefix + "slipway-check-" + encode_hex(bytes) + "-";
}

Error explained(const s3::StoreDescription& store, const Error& error) {
    return {error.code, "store " + store.name + ": " + s3::explain(store, error).message};
}

Error about(const s3::StoreDescription& store, const Error& error) {
    return {error.code, "store " + store.name + ": " + error.detail};
}

Task<Result<s3::Capabilities>> find_capabilities(StoreOpening with) {
    const s3::StoreDescription& store = with.description;
    const auto probe = s3::CapabilityProbe::make(store.endpoint, with.credentials, with.clock);
    if (!probe) {
        co_return std::unexpected(about(store, probe.error()));
    }
    const auto found = co_await (*probe)->run(store.bucket, fresh_prefix(store, with.random));
    if (!found) {
        co_return std::unexpected(explained(store, found.error()));
    }
    const auto ahead =
        std::chrono::duration_cast<std::chrono::seconds>((*probe)->clock_difference());
    if (ahead.count() != 0) {
        telemetry::log(telemetry::Level::warn, "store_clock_differs",
                       {{"store", store.name}, {"ahead_seconds", std::to_string(ahead.count())}});
    }
    co_return *found;
}

}  // namespace

Task<Result<std::unique_ptr<ports::Store>>> open_s3_store(StoreOpening with) {
    const auto found = co_await find_capabilities(with);
    if (!found) {
        co_return std::unexpected(found.error());
    }
    const s3::StoreDescription& description = with.description;
    s3::S3StoreOptions options{.name = description.name,
                               .endpoint = description.endpoint,
                               .credentials = with.credentials,
                               .bucket = description.bucket,
                               .prefix = description.prefix,
                               .can = *found,
                               .downloads = description.downloads,
                               .patience = {},
                               .sizes = {},
                               .small_parts = with.small_parts};
    auto store = s3::S3Store::make(std::move(options), {with.spool, with.clock, with.random});
    if (!store) {
        co_return std::unexpected(about(description, store.error()));
    }
    telemetry::log(telemetry::Level::info, "store_opened",
                   {{"store", description.name},
                    {"endpoint", description.endpoint.url},
                    {"bucket", description.bucket},
                    {"prefix", description.prefix}});
    co_return std::move(*store);
}

}  // namespace slipway::daemon
