#include "engine/whole_file_digest.hpp"

#include <algorithm>
#include <utility>

#include "core/part_plan.hpp"
#include "engine/extents/extent_reader.hpp"
#include "hash/digester.hpp"

namespace slipway::engine {

Task<Result<WholeFileDigests>> whole_file_digest(World& world, core::Upload upload,
                                                 ByteCount size) {
    std::vector<core::Part> parts;
    if (is_read_by_parts(world, upload)) {
        auto recorded = co_await world.catalog.list_parts(upload.id);
        if (!recorded) {
            co_return std::unexpected(recorded.error());
        }
        parts = core::parts_of(upload.plan, std::move(*recorded));
    }
    const auto reader = co_await open_in_order(world, upload, std::move(parts));
    if (!reader) {
        co_return std::unexpected(reader.error());
    }
    const auto buffer = co_await world.buffers.acquire(std::max(size, 1_B));
    hash::Sha256Hasher sha256;
    hash::Md5Hasher md5;
    ByteCount done;
    while (done < size) {
        const std::size_t wanted =
            std::min<std::uint64_t>(buffer.bytes().size(), (size - done).value());
        const auto got =
            co_await (*reader)->read_at(ByteOffset(done.value()), buffer.bytes().first(wanted));
        if (!got) {
            co_return std::unexpected(got.error());
        }
        if (*got == 0) {
            co_return failure(Errc::corrupted, "the blob of " + upload.id.to_string() +
                                                   " is shorter than its parts");
        }
        sha256.update(buffer.bytes().first(*got));
        md5.update(buffer.bytes().first(*got));
        done += ByteCount(*got);
    }
    co_return WholeFileDigests{sha256.finish(), md5.finish()};
}

}  // namespace slipway::engine
