#include "engine/stores/part_blobs.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "engine/stores/blob_layout.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

Task<Result<std::vector<std::uint32_t>>> PartBlobs::choose(core::Upload& upload,
                                                           std::vector<core::PartCopy> has) {
    if (!world_.stores.are_several() || upload.plan.sizes == core::PartSizes::free) {
        co_return std::vector<std::uint32_t>{upload.home};
    }
    const std::size_t wanted = world_.options.replicas;
    auto found = usable(upload, has);
    if (found.size() < wanted && is_store_left(upload)) {
        // One at a time, and not while the upload is being ended.
        const Turn turn = co_await world_.sessions.take_ending(upload.id);
        auto now = co_await find_again(upload);
        if (!now) {
            co_return std::unexpected(now.error());
        }
        upload = std::move(*now);
        while ((found = usable(upload, has)).size() < wanted) {
            const auto added = co_await add_blob(upload);
            if (!added) {
                co_return std::unexpected(added.error());
            }
            if (!*added) {
                break;
            }
        }
    }
    if (found.empty()) {
        co_return failure(Errc::unavailable, "no store is up that could take the part");
    }
    found.resize(std::min(found.size(), wanted));
    co_return found;
}

std::vector<std::uint32_t> PartBlobs::usable(const core::Upload& upload,
                                             const std::vector<core::PartCopy>& has) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t blob = 0; blob < upload.blobs.size(); ++blob) {
        const bool has_it = std::ranges::find(has, blob, &core::PartCopy::blob) != has.end();
        if (!has_it && world_.stores.reaches(upload.blobs[blob])) {
            found.push_back(blob);
        }
    }
    return found;
}

bool PartBlobs::is_store_left(const core::Upload& upload) const {
    std::vector<std::string_view> used;
    for (const core::StagedCopy& blob : upload.blobs) {
        used.push_back(blob.storage_node);
    }
    return world_.stores.choose(world_.random, used) != nullptr;
}

Task<Result<core::Upload>> PartBlobs::find_again(const core::Upload& seen) {
    auto now = co_await world_.catalog.find_upload(seen.id);
    if (now && (now->state != core::UploadState::open || now->epoch != seen.epoch)) {
        co_return failure(Errc::not_found, "the upload is not as it was when the part came");
    }
    co_return now;
}

Task<Result<bool>> PartBlobs::add_blob(core::Upload& upload) {
    const auto hold = world_.making->hold(upload.id);
    std::vector<std::string> refused;
    for (;;) {
        std::vector<std::string_view> but(refused.begin(), refused.end());
        for (const core::StagedCopy& blob : upload.blobs) {
            but.push_back(blob.storage_node);
        }
        ports::Store* const store = world_.stores.choose(world_.random, but);
        if (store == nullptr) {
            co_return false;
        }
        auto placement = co_await create_in(*store, upload);
        world_.stores.note(store->name(), placement);
        if (!placement) {
            telemetry::log(telemetry::Level::warn, "store_took_no_blob",
                           {{"upload_id", upload.id.to_string()},
                            {"store", store->name()},
                            {"detail", placement.error().detail}});
            refused.emplace_back(store->name());
            continue;
        }
        const core::StagedCopy blob{std::string(store->name()), *std::move(placement)};
        const auto added =
            co_await world_.catalog.add_blob(upload.id, upload.epoch, upload.blobs.size(), blob);
        if (!added && added.error().code == Errc::conflict) {
            co_return failure(Errc::unavailable, "another server has added a blob meanwhile");
        }
        if (!added) {
            co_return std::unexpected(added.error());
        }
        upload.blobs.push_back(blob);
        world_.metrics.blobs_added.add();
        telemetry::log(telemetry::Level::info, "blob_added",
                       {{"upload_id", upload.id.to_string()}, {"store", blob.storage_node}});
        co_return true;
    }
}

// What is there already is of an attempt that never came to its record: no part names it.
Task<Result<std::string>> PartBlobs::create_in(ports::Store& store, const core::Upload& upload) {
    auto created = co_await store.create(upload.id, layout_of(upload));
    if (created || created.error().code != Errc::conflict) {
        co_return created;
    }
    if (const auto removed = co_await store.remove_staged(upload.id); !removed) {
        co_return std::unexpected(removed.error());
    }
    co_return co_await store.create(upload.id, layout_of(upload));
}

}  // namespace slipway::engine
