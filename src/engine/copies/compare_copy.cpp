#include "engine/copies/compare_copy.hpp"

#include "engine/copies/content_check.hpp"

namespace slipway::engine {

namespace {

constexpr ByteCount kBuffer = 1_MiB;

Task<Result<bool>> is_content_of(World& world, const core::File& file, ports::BlobReader& reader,
                                 const TaskContext& context) {
    ContentCheck check(file);
    const auto buffer = co_await world.buffers.acquire(kBuffer);
    for (ByteOffset at;;) {
        if (context.must_stop()) {
            co_return failure(Errc::cancelled, "the workers stop");
        }
        const auto count = co_await reader.read_at(at, buffer.bytes());
        if (!count) {
            co_return std::unexpected(count.error());
        }
        if (*count == 0) {
            co_return check.is_right();
        }
        check.update(buffer.bytes().first(*count));
        at = at + ByteCount(*count);
    }
}

}  // namespace

Task<Result<CopyState>> compare_copy(World& world, ports::Store& store, core::File file,
                                     const TaskContext& context) {
    const auto reader = co_await store.open_uncached(file.id);
    if (!reader && reader.error().code == Errc::not_found) {
        co_return CopyState::absent;
    }
    if (!reader && reader.error().code == Errc::corrupted) {
        co_return CopyState::wrong;
    }
    if (!reader) {
        co_return std::unexpected(reader.error());
    }
    if ((*reader)->size() != file.size) {
        co_return CopyState::wrong;
    }
    const auto same = co_await is_content_of(world, file, **reader, context);
    if (!same && (same.error().code == Errc::not_found || same.error().code == Errc::conflict ||
                  same.error().code == Errc::corrupted)) {
        co_return CopyState::wrong;
    }
    if (!same) {
        co_return std::unexpected(same.error());
    }
    co_return *same ? CopyState::right : CopyState::wrong;
}

}  // namespace slipway::engine
