#include "engine/stores/file_copies.hpp"

#include <algorithm>
#include <utility>

#include "core/part_plan.hpp"
#include "engine/publish_upload.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

bool has_all(std::uint32_t blob, const std::vector<core::Part>& parts) {
    return std::ranges::all_of(
        parts, [blob](const core::Part& part) { return core::copy_in(part, blob) != nullptr; });
}

}  // namespace

Task<std::vector<core::FileCopy>> FileCopies::publish(UploadId id) {
    std::vector<core::FileCopy> copies;
    const auto upload = co_await world_.catalog.find_upload(id);
    auto recorded = co_await world_.catalog.list_parts(id);
    if (!upload || !recorded || upload->state != core::UploadState::completing ||
        upload->plan.sizes == core::PartSizes::free) {
        co_return copies;
    }
    const auto parts = core::parts_of(upload->plan, std::move(*recorded));
    const ContentSummary summary = summarise(parts);
    for (std::uint32_t blob = 0; blob < upload->blobs.size(); ++blob) {
        const core::StagedCopy& at = upload->blobs[blob];
        if (blob == upload->home || copies.size() + 1 >= world_.options.replicas ||
            !has_all(blob, parts) || !world_.stores.is_up(at.storage_node)) {
            continue;
        }
        ports::BlobRef ref{id, at.placement};
        ports::Content content{
            .size = summary.size, .crc64nvme = summary.crc64nvme, .pieces = pieces_in(blob, parts)};
        const auto made =
            co_await world_.stores.at(at.storage_node).publish(std::move(ref), std::move(content));
        world_.stores.note(at.storage_node, made);
        if (made) {
            copies.push_back({at.storage_node});
            continue;
        }
        telemetry::log(telemetry::Level::warn, "copy_not_published",
                       {{"upload_id", id.to_string()},
                        {"store", at.storage_node},
                        {"detail", made.error().detail}});
    }
    co_return copies;
}

Task<void> FileCopies::remove_others(core::Upload upload, core::File file) {
    for (const core::StagedCopy& blob : upload.blobs) {
        const bool is_copy = std::ranges::find(file.copies, blob.storage_node,
                                               &core::FileCopy::storage_node) != file.copies.end();
        if (is_copy || blob.storage_node == file.storage_node) {
            continue;
        }
        const auto removed = co_await world_.stores.at(blob.storage_node).remove(upload.id);
        if (!removed) {
            telemetry::log(telemetry::Level::warn, "blob_left_behind",
                           {{"upload_id", upload.id.to_string()},
                            {"store", blob.storage_node},
                            {"detail", removed.error().detail}});
        }
    }
}

}  // namespace slipway::engine
