#include "engine/stores/parts_reader.hpp"

#include <algorithm>
#include <utility>

#include "engine/stores/reach.hpp"

namespace slipway::engine {

PartsReader::PartsReader(World& world, core::Upload upload, std::vector<core::Part> parts)
    : world_(world),
      upload_(std::move(upload)),
      parts_(std::move(parts)),
      sources_(world, upload_, parts_) {
    for (const core::Part& part : parts_) {
        starts_.emplace_back(size_.value());
        size_ += part.size;
    }
}

// The one that becomes the file, where it has the part: its others are read there, too.
std::optional<std::uint32_t> PartsReader::blob_of(const core::Part& part) const {
    const core::PartCopy* const at_home = core::copy_in(part, upload_.home);
    if (at_home != nullptr && reaches(world_, upload_, *at_home)) {
        return upload_.home;
    }
    const auto found = std::ranges::find_if(
        part.copies, [&](const core::PartCopy& copy) { return reaches(world_, upload_, copy); });
    return found == part.copies.end() ? std::nullopt : std::optional(found->blob);
}

Task<Result<std::size_t>> PartsReader::read_at(ByteOffset offset, std::span<std::byte> out) {
    if (offset.value() >= size_.value() || out.empty()) {
        co_return 0U;
    }
    const auto behind = std::ranges::upper_bound(starts_, offset);
    const auto index = static_cast<std::size_t>(behind - starts_.begin() - 1);
    const core::Part& part = parts_[index];
    const ByteCount within(offset.value() - starts_[index].value());
    const auto blob = blob_of(part);
    if (!blob) {
        co_return failure(Errc::unavailable, "a store that has the part is down");
    }
    const auto place = co_await sources_.find(*blob, part.number);
    if (!place) {
        co_return std::unexpected(place.error());
    }
    const ByteCount wanted = std::min(ByteCount(out.size()), part.size - within);
    co_return co_await place->reader->read_at(place->offset + within,
                                              out.first(static_cast<std::size_t>(wanted.value())));
}

}  // namespace slipway::engine
