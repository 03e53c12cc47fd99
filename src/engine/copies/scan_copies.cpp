#include "engine/copies/scan_copies.hpp"

#include "engine/copies/copy_requests.hpp"

namespace slipway::engine {

namespace {

constexpr std::size_t kPageSize = 500;

}  // namespace

bool lacks_copy(const World& world, const core::File& file) {
    const ports::Store* target = world.stores.copy_store_of(file.storage_node);
    return target != nullptr && !file.damaged_at && !has_compared_copy(file, target->name());
}

Task<Result<>> ScanCopies::run(TaskContext& context) {
    std::size_t lacking = 0;
    ports::PageRequest request{.after = std::nullopt, .limit = kPageSize};
    while (!context.must_stop()) {
        const auto page = co_await world_.catalog.list_all_files(request);
        if (!page) {
            co_return std::unexpected(page.error());
        }
        for (const core::File& file : page->items) {
            if (!lacks_copy(world_, file)) {
                continue;
            }
            ++lacking;
            if (auto asked = co_await request_copy(world_, file.id, file.storage_node); !asked) {
                co_return asked;
            }
        }
        if (!page->next) {
            world_.metrics.files_without_copy = lacking;
            break;
        }
        request.after = page->next;
    }
    co_return Result<>();
}

}  // namespace slipway::engine
