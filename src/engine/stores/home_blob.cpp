#include "engine/stores/home_blob.hpp"

#include <algorithm>

#include "core/lifecycle.hpp"
#include "engine/stores/part_blobs.hpp"
#include "engine/stores/reach.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

ByteCount bytes_in(std::uint32_t blob, const std::vector<core::Part>& parts) {
    ByteCount sum;
    for (const core::Part& part : parts) {
        sum += core::copy_in(part, blob) == nullptr ? 0_B : part.size;
    }
    return sum;
}

bool has_all(std::uint32_t blob, const std::vector<core::Part>& parts) {
    return std::ranges::all_of(
        parts, [blob](const core::Part& part) { return core::copy_in(part, blob) != nullptr; });
}

}  // namespace

bool HomeBlob::is_up(const core::Upload& upload, std::uint32_t blob) const {
    return world_.stores.is_up(upload.blobs[blob].storage_node);
}

std::optional<std::uint32_t> HomeBlob::best(const core::Upload& upload,
                                            const std::vector<core::Part>& parts) const {
    std::optional<std::uint32_t> best;
    for (std::uint32_t blob = 0; blob < upload.blobs.size(); ++blob) {
        if (is_up(upload, blob) && (!best || bytes_in(blob, parts) > bytes_in(*best, parts))) {
            best = blob;
        }
    }
    return best;
}

Task<Result<>> HomeBlob::choose(core::Upload& upload, const std::vector<core::Part>& parts) {
    if (!world_.stores.are_several() || upload.plan.sizes == core::PartSizes::free) {
        co_return Result<>();
    }
    if (const auto found = best(upload, parts)) {
        upload.home = *found;
        co_return Result<>();
    }
    const auto added = co_await PartBlobs(world_).add_blob(upload);
    if (!added) {
        co_return std::unexpected(added.error());
    }
    // Where there is no other store either, its own is waited for.
    if (*added) {
        upload.home = static_cast<std::uint32_t>(upload.blobs.size() - 1);
    }
    co_return Result<>();
}

// What parts were read back from may be a blob of just these by now.
Task<bool> HomeBlob::can_be_home(core::Upload upload, std::uint32_t blob,
                                 const std::vector<core::Part>& parts) {
    if (has_all(blob, parts)) {
        co_return true;
    }
    const auto published =
        co_await world_.stores.at(upload.blobs[blob].storage_node).open_published(upload.id);
    co_return !published && published.error().code == Errc::not_found;
}

Task<Result<std::optional<std::uint32_t>>> HomeBlob::find_other(
    core::Upload& upload, const std::vector<core::Part>& parts) {
    std::optional<std::uint32_t> found;
    for (std::uint32_t blob = 0; blob < upload.blobs.size(); ++blob) {
        const bool better = !found || bytes_in(blob, parts) > bytes_in(*found, parts);
        if (better && is_up(upload, blob) && co_await can_be_home(upload, blob, parts)) {
            found = blob;
        }
    }
    if (found) {
        co_return found;
    }
    const auto added = co_await PartBlobs(world_).add_blob(upload);
    if (!added) {
        co_return std::unexpected(added.error());
    }
    co_return *added ? std::optional(static_cast<std::uint32_t>(upload.blobs.size() - 1))
                     : std::nullopt;
}

Task<Result<core::Upload>> HomeBlob::settle(core::Upload upload, std::vector<core::Part> parts) {
    const bool can_be_had = std::ranges::all_of(parts, [&](const core::Part& part) {
        return std::ranges::any_of(
            part.copies, [&](const core::PartCopy& copy) { return reaches(world_, upload, copy); });
    });
    if (is_up(upload, upload.home) || !can_be_had) {
        co_return upload;
    }
    const Turn turn = co_await world_.sessions.take_ending(upload.id);
    auto now = co_await world_.catalog.find_upload(upload.id);
    if (!now) {
        co_return std::unexpected(now.error());
    }
    if (now->epoch != upload.epoch || now->state != core::UploadState::completing) {
        co_return failure(Errc::unavailable, "the upload changed on the way");
    }
    const auto other = co_await find_other(*now, parts);
    if (!other) {
        co_return std::unexpected(other.error());
    }
    if (!*other || **other == now->home) {
        co_return std::move(*now);
    }
    core::Upload next = core::move_home(*now, **other);
    const auto moved = co_await world_.catalog.advance_upload(now->epoch, next);
    if (!moved && moved.error().code == Errc::conflict) {
        co_return failure(Errc::unavailable, "the upload changed on the way");
    }
    if (!moved) {
        co_return std::unexpected(moved.error());
    }
    telemetry::log(
        telemetry::Level::warn, "upload_moved_home",
        {{"upload_id", next.id.to_string()}, {"store", core::home_of(next).storage_node}});
    co_return next;
}

}  // namespace slipway::engine
