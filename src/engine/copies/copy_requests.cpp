#include "engine/copies/copy_requests.hpp"

#include <algorithm>

#include "engine/upload_tasks/task_names.hpp"

namespace slipway::engine {

namespace {

// A store may be away for as long as it likes.
constexpr std::uint32_t kMostAttempts = 1'000'000;

}  // namespace

std::string copy_key(const UploadId& id) {
    return "copy/" + id.to_string();
}

Task<Result<>> request_copy(World& world, UploadId id, std::string home,
                            telemetry::TraceContext trace) {
    if (world.stores.copy_store_of(home) == nullptr) {
        co_return Result<>();
    }
    core::NewTask wanted{.id = random_task_id(world.random),
                         .kind = core::TaskKind::copy_file,
                         .priority = core::TaskPriority::background,
                         .subject = id.to_string(),
                         .payload = trace ? telemetry::format_traceparent(trace) : std::string(),
                         .dedupe_key = copy_key(id),
                         .created_at = world.clock.wall(),
                         .not_before = std::nullopt,
                         .max_attempts = kMostAttempts};
    const auto enqueued = co_await world.tasks.enqueue(std::move(wanted));
    if (!enqueued) {
        co_return std::unexpected(enqueued.error());
    }
    world.wake_workers();
    co_return Result<>();
}

const core::FileCopy* find_copy(const core::File& file, std::string_view store) {
    const auto found = std::ranges::find(file.copies, store, &core::FileCopy::storage_node);
    return found == file.copies.end() ? nullptr : &*found;
}

bool has_compared_copy(const core::File& file, std::string_view store) {
    const core::FileCopy* copy = find_copy(file, store);
    return copy != nullptr && copy->compared_at != WallTime{};
}

}  // namespace slipway::engine
