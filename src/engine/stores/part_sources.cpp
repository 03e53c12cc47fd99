#include "engine/stores/part_sources.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/part_plan.hpp"
#include "engine/publish_upload.hpp"

namespace slipway::engine {

std::vector<core::Part> PartSources::parts_in(std::uint32_t blob) const {
    std::vector<core::Part> parts;
    std::ranges::copy_if(parts_, std::back_inserter(parts), [blob](const core::Part& part) {
        return core::copy_in(part, blob) != nullptr;
    });
    return parts;
}

namespace {

std::map<PartNumber, ByteOffset> one_behind_the_other(const std::vector<core::Part>& parts) {
    std::map<PartNumber, ByteOffset> places;
    ByteOffset offset;
    for (const core::Part& part : parts) {
        places.emplace(part.number, offset);
        offset = offset + part.size;
    }
    return places;
}

}  // namespace

Task<Result<PartSources::Source>> PartSources::open(std::uint32_t blob) {
    const core::StagedCopy& at = upload_.blobs[blob];
    ports::Store& store = world_.stores.at(at.storage_node);
    if (store.composes(at.placement)) {
        const auto parts = parts_in(blob);
        ports::BlobRef ref{upload_.id, at.placement};
        auto pieces = co_await store.open_pieces(std::move(ref), pieces_in(blob, parts));
        if (!pieces) {
            co_return std::unexpected(pieces.error());
        }
        co_return Source{.reader = std::move(*pieces), .places = one_behind_the_other(parts)};
    }
    auto staged = co_await store.open_staged(upload_.id);
    if (staged) {
        co_return Source{.reader = std::move(*staged), .places = {}};
    }
    const bool can_be_published =
        upload_.state == core::UploadState::completing &&
        (staged.error().code == Errc::unsupported || staged.error().code == Errc::not_found);
    if (!can_be_published) {
        co_return std::unexpected(staged.error());
    }
    const auto parts = parts_in(blob);
    auto published = co_await publish(blob, parts);
    if (!published) {
        co_return std::unexpected(published.error());
    }
    co_return Source{.reader = std::move(*published), .places = one_behind_the_other(parts)};
}

Task<Result<std::shared_ptr<ports::BlobReader>>> PartSources::publish(
    std::uint32_t blob, std::vector<core::Part> parts) {
    const core::StagedCopy& at = upload_.blobs[blob];
    ports::Store& store = world_.stores.at(at.storage_node);
    auto pieces = pieces_in(blob, parts);
    // As the parts of a file of their own.
    std::uint32_t number = 0;
    for (core::Part& part : parts) {
        part.number = PartNumber(++number);
    }
    const ContentSummary whole = summarise(parts);
    ports::BlobRef ref{upload_.id, at.placement};
    ports::Content content{
        .size = whole.size, .crc64nvme = whole.crc64nvme, .pieces = std::move(pieces)};
    if (const auto made = co_await store.publish(std::move(ref), std::move(content)); !made) {
        co_return std::unexpected(made.error());
    }
    co_return co_await store.open_published(upload_.id);
}

Task<Result<PartSources::Place>> PartSources::find(std::uint32_t blob, PartNumber number) {
    if (!open_.contains(blob)) {
        auto opened = co_await open(blob);
        if (!opened) {
            co_return std::unexpected(opened.error());
        }
        open_.emplace(blob, std::move(*opened));
    }
    const Source& source = open_.at(blob);
    co_return Place{source.reader, source.places.empty() ? core::offset_of(upload_.plan, number)
                                                         : source.places.at(number)};
}

}  // namespace slipway::engine
