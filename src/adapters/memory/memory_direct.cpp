// Direct parts of a MemoryStore that is like a remote one: an address is only a text, and who plays
// the client writes by open_part().
#include "adapters/memory/memory_blob.hpp"
#include "adapters/memory/memory_store.hpp"
#include "base/encoding.hpp"
#include "hash/digester.hpp"

namespace slipway::adapters::memory {

std::optional<std::string> MemoryStore::refusal(const ports::BlobLayout& layout) const {
    return layout.part_size && !layout.read_staged
               ? std::nullopt
               : std::optional<std::string>("parts of free sizes go through the server");
}

Task<Result<ports::PartAddress>> MemoryStore::address(ports::BlobRef blob, ports::PartRegion region,
                                                      Sha256 sha256,
                                                      std::chrono::seconds lifetime) {
    const auto found = find(staged_, blob.id);
    if (!found) {
        co_return failure(Errc::not_found, "no blob " + blob.id.to_string());
    }
    const std::scoped_lock lock(found->mutex);
    if (!found->is_direct || found->placement != blob.placement) {
        co_return failure(Errc::invalid, "the blob was not created for direct parts");
    }
    co_return ports::PartAddress{"memory://" + blob.id.to_string() + '/' +
                                     std::to_string(region.offset.value()) +
                                     "?lifetime=" + std::to_string(lifetime.count()),
                                 {{"Content-Length", std::to_string(region.length.value())},
                                  {"x-sha256", encode_hex(sha256.view())}}};
}

Task<Result<std::vector<ports::DirectPart>>> MemoryStore::list_parts(ports::BlobRef blob) {
    const auto found = find(staged_, blob.id);
    if (!found) {
        co_return failure(Errc::not_found, "no blob " + blob.id.to_string());
    }
    const std::scoped_lock lock(found->mutex);
    if (!found->is_direct || found->placement != blob.placement) {
        co_return failure(Errc::invalid, "the blob was not created for direct parts");
    }
    std::vector<ports::DirectPart> parts;
    for (const ports::StoredPiece& piece : found->pieces) {
        const std::size_t offset = (piece.number.value() - 1) * found->part_size->value();
        const auto bytes = std::span(found->bytes).subspan(offset, piece.size.value());
        parts.push_back({piece.number, piece.size, hash::sha256(bytes), piece.receipt});
    }
    co_return parts;
}

}  // namespace slipway::adapters::memory
