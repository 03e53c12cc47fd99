#include "engine/stores/create_blob.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/log.hpp"

namespace slipway::engine {

Task<Result<core::StagedCopy>> create_blob_in(World& world, ports::Store& store, UploadId id,
                                              ports::BlobLayout layout) {
    auto placement = co_await store.create(id, layout);
    world.stores.note(store.name(), placement);
    if (!placement) {
        co_return std::unexpected(std::move(placement.error()));
    }
    co_return core::StagedCopy{std::string(store.name()), *std::move(placement)};
}

Task<Result<core::StagedCopy>> create_blob(World& world, UploadId id, ports::BlobLayout layout) {
    Error last{Errc::unavailable, "no store is up"};
    std::vector<std::string_view> tried;
    while (ports::Store* const store = world.stores.choose(world.random, tried)) {
        auto blob = co_await create_blob_in(world, *store, id, layout);
        if (blob) {
            co_return blob;
        }
        last = std::move(blob.error());
        if (!is_away(last.code)) {
            break;
        }
        tried.push_back(store->name());
        telemetry::log(
            telemetry::Level::warn, "store_took_no_blob",
            {{"upload_id", id.to_string()}, {"store", store->name()}, {"detail", last.detail}});
    }
    co_return std::unexpected(std::move(last));
}

}  // namespace slipway::engine
