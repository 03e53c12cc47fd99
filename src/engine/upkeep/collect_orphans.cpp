#include "engine/upkeep/collect_orphans.hpp"

namespace slipway::engine {

CollectOrphans::CollectOrphans(World& world) {
    for (ports::Store* store : world.stores.all()) {
        stores_.emplace_back(world, *store);
    }
}

Task<Result<>> CollectOrphans::run(TaskContext& context) {
    Result<> all;
    for (StoreOrphans& store : stores_) {
        auto collected = co_await store.collect(context);
        if (!collected && all) {
            all = failure(collected.error().code, "store " + std::string(store.store().name()) +
                                                      ": " + collected.error().detail);
        }
    }
    co_return all;
}

}  // namespace slipway::engine
