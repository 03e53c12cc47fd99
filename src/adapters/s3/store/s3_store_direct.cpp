// What an S3Store offers to clients that send parts to it themselves: presigned UploadParts of an
// upload that was begun with a SHA-256 for each part. The store refuses a body without that digest
// or with another, and ListParts tells it; so nothing has to be believed of the client.
#include <algorithm>

#include "adapters/s3/store/s3_store.hpp"

namespace slipway::adapters::s3 {

namespace {

Result<Through> direct_placement(const ports::BlobRef& blob) {
    auto placement = parse_placement(blob.placement);
    if (!placement) {
        return std::unexpected(std::move(placement.error()));
    }
    auto* const through = std::get_if<Through>(&*placement);
    if (through == nullptr || through->checksum != ObjectChecksum::part_sha256) {
        return failure(Errc::invalid, "the blob was not created for direct parts");
    }
    return std::move(*through);
}

}  // namespace

std::optional<std::string> S3Store::refusal(const ports::BlobLayout& layout) const {
    if (!access_.can.checks_direct_parts) {
        return "the store does not check the SHA-256 of a part that is sent to it, or does not "
               "tell it";
    }
    return why_not_direct(layout, access_.sizes);
}

Task<Result<ports::PartAddress>> S3Store::address(ports::BlobRef blob, ports::PartRegion region,
                                                  Sha256 sha256, std::chrono::seconds lifetime) {
    auto through = direct_placement(blob);
    if (!through) {
        co_return std::unexpected(std::move(through.error()));
    }
    const auto number = through->part_of(region);
    if (!number) {
        co_return failure(Errc::invalid, "the region is none of the blob's parts");
    }
    const ClientPair clients = co_await access_.clients->here();
    const MultipartName upload{access_.file(blob.id), std::move(through->upload_id)};
    auto call = clients.calls->presigned_part(upload, *number, {region.length, sha256}, lifetime);
    co_return ports::PartAddress{std::move(call.url), std::move(call.headers)};
}

Task<Result<std::vector<ports::DirectPart>>> S3Store::list_parts(ports::BlobRef blob) {
    auto through = direct_placement(blob);
    if (!through) {
        co_return std::unexpected(std::move(through.error()));
    }
    const ClientPair clients = co_await access_.clients->here();
    const MultipartName upload{access_.file(blob.id), std::move(through->upload_id)};
    const auto call = [&] { return list_all_parts(*clients.calls, upload); };
    const auto listed = co_await persist<std::vector<ListedPart>>(*clients.calls, access_.patience,
                                                                  Repeatable::anyway, call);
    if (!listed) {
        co_return std::unexpected(listed.error());
    }
    std::vector<ports::DirectPart> parts;
    for (const ListedPart& part : *listed) {
        if (part.sha256) {
            parts.push_back({part.number, part.size, *part.sha256, receipt_of(part)});
        }
    }
    std::ranges::sort(parts, {}, &ports::DirectPart::number);
    co_return parts;
}

}  // namespace slipway::adapters::s3
