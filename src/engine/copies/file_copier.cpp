#include "engine/copies/file_copier.hpp"

#include <algorithm>

#include "hash/crc_combine.hpp"
#include "hash/digester.hpp"

namespace slipway::engine {

namespace {

constexpr ByteCount kBuffer = 1_MiB;
// A file of one part is sent by one call; parts of others are small enough to be sent again, and
// few enough for every store.
constexpr ByteCount kSmallestPart = 16_MiB;
constexpr std::uint64_t kMostParts = 900;

ByteCount part_size_of(ByteCount size) {
    const std::uint64_t step = (1_MiB).value();
    const std::uint64_t least = (size.value() + kMostParts - 1) / kMostParts;
    return std::max(kSmallestPart, ByteCount((least + step - 1) / step * step));
}

}  // namespace

Task<Result<std::unique_ptr<ports::BlobReader>>> FileCopier::open_source(const core::File& file) {
    auto source = co_await world_.stores.at(file.storage_node).open_published(file.id);
    if (!source && source.error().code == Errc::not_found) {
        co_return failure(Errc::corrupted, "the file's own blob is missing");
    }
    if (source && (*source)->size() != file.size) {
        co_return failure(Errc::corrupted, "the file's own blob does not have its size");
    }
    co_return source;
}

Task<Result<>> FileCopier::run(core::File file) {
    const auto source = co_await open_source(file);
    if (!source) {
        co_return std::unexpected(source.error());
    }
    // What an attempt before left behind.
    if (auto removed = co_await target_.remove_staged(file.id); !removed) {
        co_return removed;
    }
    ports::BlobLayout layout{.capacity = file.size};
    const ByteCount part_size = part_size_of(file.size);
    if (file.size > part_size) {
        layout.part_size = part_size;
    }
    auto placement = co_await target_.create(file.id, layout);
    if (!placement) {
        co_return std::unexpected(placement.error());
    }
    const ports::BlobRef blob{file.id, *std::move(placement)};
    auto content = co_await send(file, **source, blob);
    if (!content) {
        co_return std::unexpected(content.error());
    }
    if (!target_.needs_pieces() || !layout.part_size) {
        content->pieces.clear();
    }
    co_return co_await target_.publish(blob, *std::move(content));
}

Task<Result<ports::Content>> FileCopier::send(const core::File& file, ports::BlobReader& source,
                                              ports::BlobRef blob) {
    const ByteCount part_size = part_size_of(file.size);
    ports::Content content{.size = file.size, .crc64nvme = hash::kCrc64NvmeOfNothing, .pieces = {}};
    ContentCheck check(file);
    ByteCount done;
    for (std::uint32_t number = 1; done < file.size; ++number) {
        const ports::PartRegion region{ByteOffset(done.value()),
                                       std::min(part_size, file.size - done)};
        auto sink = co_await target_.open_part(blob, region);
        if (!sink) {
            co_return std::unexpected(sink.error());
        }
        const auto digest = co_await send_part(source, region, **sink, check);
        if (!digest) {
            co_return std::unexpected(digest.error());
        }
        auto receipt = co_await (*sink)->commit();
        if (!receipt) {
            co_return std::unexpected(receipt.error());
        }
        content.crc64nvme = hash::combine_crc64nvme(*content.crc64nvme, *digest, region.length);
        content.pieces.push_back({PartNumber(number), region.length, *std::move(receipt)});
        done += region.length;
    }
    if (!check.is_right()) {
        co_return failure(Errc::corrupted, std::string("the file's own bytes do not have its ") +
                                               (file.crc64nvme ? "CRC64-NVME" : "chain"));
    }
    co_return content;
}

Task<Result<Crc64Nvme>> FileCopier::send_part(ports::BlobReader& source, ports::PartRegion region,
                                              ports::PartSink& sink, ContentCheck& check) {
    hash::Crc64NvmeHasher hasher;
    const auto buffer = co_await world_.buffers.acquire(kBuffer);
    for (ByteCount done; done < region.length;) {
        if (context_.must_stop()) {
            co_return failure(Errc::cancelled, "the workers stop");
        }
        const ByteCount wanted = std::min(ByteCount(buffer.bytes().size()), region.length - done);
        const auto out = buffer.bytes().first(static_cast<std::size_t>(wanted.value()));
        const auto count = co_await source.read_at(region.offset + done, out);
        if (!count) {
            co_return std::unexpected(count.error());
        }
        if (*count == 0) {
            co_return failure(Errc::corrupted, "the file's own blob ends early");
        }
        hasher.update(out.first(*count));
        check.update(out.first(*count));
        if (auto written = co_await sink.write(out.first(*count)); !written) {
            co_return std::unexpected(written.error());
        }
        done += ByteCount(*count);
        world_.metrics.copied_bytes.add(*count);
    }
    co_return hasher.finish();
}

}  // namespace slipway::engine
