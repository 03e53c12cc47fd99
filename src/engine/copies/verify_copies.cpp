#include "engine/copies/verify_copies.hpp"

#include <charconv>

#include "engine/copies/compare_copy.hpp"
#include "engine/copies/copy_requests.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

bool VerifyCopies::is_drawn(const std::string& percentage) {
    unsigned wanted = 100;
    std::from_chars(percentage.data(), percentage.data() + percentage.size(), wanted);
    std::uint32_t drawn = 0;
    world_.random.fill(std::as_writable_bytes(std::span(&drawn, 1)));
    return drawn % 100 < wanted;
}

Task<TaskOutcome> VerifyCopies::run(TaskContext& context) {
    const FileLook look_at = [this, &context](core::File file, WalkTally& tally) {
        return look(std::move(file), tally, context);
    };
    co_return co_await walk_files(world_, context, look_at);
}

Task<Result<>> VerifyCopies::look(core::File file, WalkTally& tally, const TaskContext& context) {
    ports::Store* store = world_.stores.copy_store_of(file.storage_node);
    if (store == nullptr || file.damaged_at) {
        co_return Result<>();
    }
    if (!has_compared_copy(file, store->name())) {
        ++tally.left;
        co_return Result<>();
    }
    if (!is_drawn(context.task().payload)) {
        co_return Result<>();
    }
    const auto state = co_await compare_copy(world_, *store, file, context);
    if (!state) {
        co_return std::unexpected(state.error());
    }
    ++tally.seen;
    if (*state == CopyState::right) {
        co_return Result<>();
    }
    auto struck = co_await strike_out(file, std::string(store->name()));
    if (struck) {
        ++tally.changed;
        telemetry::log(telemetry::Level::error, "copy_damaged",
                       {{"file_id", file.id.to_string()},
                        {"store", store->name()},
                        {"detail", *state == CopyState::absent ? "it is missing"
                                                               : "its bytes are not the file's"}});
        co_return co_await request_copy(world_, file.id, file.storage_node);
    }
    // Deleted, or moved by somebody else meanwhile: the next look finds what is so.
    const Errc code = struck.error().code;
    co_return code == Errc::not_found || code == Errc::conflict ? Result<>() : struck;
}

Task<Result<>> VerifyCopies::strike_out(core::File file, std::string store) {
    core::FilePlaces next = core::places_of(file);
    std::erase_if(next.copies, [&](const auto& copy) { return copy.storage_node == store; });
    co_return co_await world_.catalog.set_file_places(file.id, core::places_of(file),
                                                      std::move(next));
}

}  // namespace slipway::engine
