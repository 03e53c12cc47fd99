#include "engine/copies/compare_copy.hpp"

#include "hash/digester.hpp"

namespace slipway::engine {

namespace {

constexpr ByteCount kBuffer = 1_MiB;

Task<Result<Crc64Nvme>> digest_of(World& world, ports::BlobReader& reader,
                                  const TaskContext& context) {
    hash::Crc64NvmeHasher hasher;
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
            co_return hasher.finish();
        }
        hasher.update(buffer.bytes().first(*count));
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
    const auto digest = co_await digest_of(world, **reader, context);
    if (!digest &&
        (digest.error().code == Errc::not_found || digest.error().code == Errc::conflict ||
         digest.error().code == Errc::corrupted)) {
        co_return CopyState::wrong;
    }
    if (!digest) {
        co_return std::unexpected(digest.error());
    }
    co_return *digest == file.crc64nvme ? CopyState::right : CopyState::wrong;
}

}  // namespace slipway::engine
