#include "engine/direct/direct_upload.hpp"

#include <algorithm>

#include "core/part_plan.hpp"

namespace slipway::engine {

namespace {

using namespace std::chrono_literals;

// By what the client asks for besides.
std::optional<std::string> contradiction_in(const core::Upload& upload) {
    if (upload.plan.sizes == core::PartSizes::free) {
        return "direct: parts of free sizes go through the server";
    }
    if (!upload.plan.file_size) {
        return "direct: file_size must be stated, so that the last part has a length";
    }
    if (upload.declared.sha256 || upload.declared.md5) {
        return "direct: nobody reads the file before it is complete: its parts are verified, a "
               "digest of the whole is not";
    }
    if (upload.checksum != DigestKind::sha256) {
        return "direct: the store checks the SHA-256 of a part and no other checksum";
    }
    if (upload.complete_when_full) {
        return "direct: the server does not see when the last part has come: call Complete";
    }
    return std::nullopt;
}

std::unexpected<Refusal> not_listed(const Error& error, const RequestContext& context) {
    if (error.code == Errc::not_found) {
        return refuse(Reason::upload_damaged,
                      "the store does not know the upload any more; abort it and begin anew");
    }
    return refuse(error, "list_direct_parts", context.request_id);
}

}  // namespace

std::optional<Refusal> why_not_direct(ports::Store& store, const core::Upload& upload,
                                      const ports::BlobLayout& layout) {
    auto why = contradiction_in(upload);
    ports::DirectParts* const parts = store.direct_parts();
    if (!why && parts == nullptr) {
        why = "direct: the server's store is none that clients could send to";
    }
    if (!why) {
        why = parts->refusal(layout);
    }
    return why ? std::optional(
                     Refusal{.reason = Reason::direct_unsupported, .detail = *std::move(why)})
               : std::nullopt;
}

Task<Outcome<ports::PartAddress>> DirectUpload::address(RequestContext context, core::Upload upload,
                                                        DirectRequest request) {
    const ports::PartRegion region{core::offset_of(upload.plan, request.number),
                                   core::length_of(upload.plan, request.number).most};
    const auto left =
        std::chrono::floor<std::chrono::seconds>(request.expires_at - world_.clock.wall());
    ports::BlobRef blob{upload.id, core::home_of(upload).placement};
    auto address = co_await world_.stores.home_of(upload).direct_parts()->address(
        std::move(blob), region, request.sha256, std::max(left, 1s));
    if (!address) {
        co_return refuse(address.error(), "address_direct_part", context.request_id);
    }
    world_.metrics.direct_urls.add();
    co_return std::move(*address);
}

Task<Outcome<std::vector<core::Part>>> DirectUpload::list_parts(RequestContext context,
                                                                core::Upload upload) {
    ports::BlobRef blob{upload.id, core::home_of(upload).placement};
    auto listed =
        co_await world_.stores.home_of(upload).direct_parts()->list_parts(std::move(blob));
    if (!listed) {
        co_return not_listed(listed.error(), context);
    }
    const WallTime now = world_.clock.wall();
    std::vector<core::Part> parts;
    for (ports::DirectPart& part : *listed) {
        if (!core::has_part(upload.plan, part.number)) {
            continue;
        }
        core::Part known{.number = part.number,
                         .size = part.size,
                         .digests = {.sha256 = part.sha256,
                                     .crc64nvme = std::nullopt,
                                     .md5 = std::nullopt,
                                     .crc32c = std::nullopt},
                         .stored_at = now};
        known.copies = {{upload.home, std::move(part.receipt)}};
        parts.push_back(std::move(known));
    }
    co_return parts;
}

}  // namespace slipway::engine
