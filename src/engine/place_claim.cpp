#include "engine/place_claim.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.hpp"

namespace slipway::engine {

namespace {

std::string random_owner(ports::Random& random) {
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    return encode_hex(bytes);
}

}  // namespace

Task<Result<PartPlace>> PlaceClaim::take(const core::Upload& upload,
                                         std::span<const std::uint32_t> blobs) {
    const bool has_common_places = std::ranges::any_of(blobs, [&](std::uint32_t blob) {
        const core::StagedCopy& at = upload.blobs[blob];
        return world_.stores.at(at.storage_node).has_common_places(at.placement);
    });
    if (world_.shared == nullptr || !has_common_places) {
        co_return PartPlace::common;
    }
    owner_ = random_owner(world_.random);
    const auto taken = co_await world_.shared->claim_part(claim());
    if (!taken) {
        co_return std::unexpected(taken.error());
    }
    if (!*taken) {
        owner_.clear();
    }
    co_return *taken ? PartPlace::common : PartPlace::aside;
}

// Where it fails, the next attempt keeps the part aside.
Task<void> PlaceClaim::let_go() {
    if (!owner_.empty()) {
        static_cast<void>(co_await world_.shared->let_part_go(claim()));
        owner_.clear();
    }
}

Task<Result<std::unique_ptr<ports::PartSink>>> open_part_at(ports::Store& store,
                                                            ports::BlobRef blob,
                                                            ports::PartRegion region,
                                                            PartPlace place) {
    const bool is_aside = place == PartPlace::aside && store.has_common_places(blob.placement);
    return is_aside ? store.open_part_aside(std::move(blob), region)
                    : store.open_part(std::move(blob), region);
}

}  // namespace slipway::engine
