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

Task<Result<PartSources::Source>> PartSources::open(std::uint32_t blob) {
    const core::StagedCopy& at = upload_.blobs[blob];
    ports::Store& store = world_.stores.at(at.storage_node);
    auto staged = co_await store.open_staged(upload_.id);
    if (staged) {
        co_return Source{.reader = std::move(*staged), .is_dense = false};
    }
    if (staged.error().code != Errc::unsupported && staged.error().code != Errc::not_found) {
        co_return std::unexpected(staged.error());
    }
    const auto parts = parts_in(blob);
    // One behind the other, as the parts of a file of their own.
    auto in_order = parts;
    std::uint32_t number = 0;
    for (core::Part& part : in_order) {
        part.number = PartNumber(++number);
    }
    const ContentSummary whole = summarise(in_order);
    ports::BlobRef ref{upload_.id, at.placement};
    ports::Content content{
        .size = whole.size, .crc64nvme = whole.crc64nvme, .pieces = pieces_in(blob, parts)};
    if (const auto made = co_await store.publish(std::move(ref), std::move(content)); !made) {
        co_return std::unexpected(made.error());
    }
    auto published = co_await store.open_published(upload_.id);
    if (!published) {
        co_return std::unexpected(published.error());
    }
    co_return Source{.reader = std::move(*published), .is_dense = true};
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
    if (!source.is_dense) {
        co_return Place{source.reader, core::offset_of(upload_.plan, number)};
    }
    ByteOffset offset;
    for (const core::Part& part : parts_in(blob)) {
        if (part.number < number) {
            offset = offset + part.size;
        }
    }
    co_return Place{source.reader, offset};
}

}  // namespace slipway::engine
