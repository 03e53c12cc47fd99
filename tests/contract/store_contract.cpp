#include "contract/store_contract.hpp"

#include <algorithm>
#include <utility>

#include "runtime/run_blocking.hpp"

namespace slipway::contract {

using ports::PartRegion;
using runtime::run_blocking;

Bytes pattern(std::size_t size, std::uint64_t seed) {
    Bytes bytes(size);
    std::uint64_t state = seed * 0x9e3779b97f4a7c15U + 1;
    for (std::byte& byte : bytes) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        byte = static_cast<std::byte>(state >> 56U);
    }
    return bytes;
}

StoreContract::StoreContract() : fixture_(GetParam().make()) {}

UploadId StoreContract::id(std::uint8_t n) const {
    UploadId::Bytes bytes{};
    bytes.fill(0x5a);
    bytes.front() = n;
    return UploadId(bytes);
}

Result<> StoreContract::create(UploadId id, std::uint64_t capacity) {
    return create(id, {.capacity = ByteCount(capacity), .read_staged = true});
}

Result<> StoreContract::create(UploadId id, ports::BlobLayout layout) {
    auto placement = run_blocking(store().create(id, layout));
    if (!placement) {
        return std::unexpected(placement.error());
    }
    const std::scoped_lock lock(mutex_);
    placements_[id] = *std::move(placement);
    return {};
}

ports::BlobRef StoreContract::ref(UploadId id) const {
    const std::scoped_lock lock(mutex_);
    const auto known = placements_.find(id);
    return {id, known == placements_.end() ? std::string() : known->second};
}

Result<> StoreContract::grow(UploadId id, std::uint64_t capacity) {
    return run_blocking(store().grow(ref(id), ByteCount(capacity)));
}

Result<std::unique_ptr<ports::PartSink>> StoreContract::open_part(UploadId id, std::uint64_t offset,
                                                                  std::uint64_t length) {
    return run_blocking(
        store().open_part(ref(id), PartRegion{ByteOffset(offset), ByteCount(length)}));
}

Result<> StoreContract::write(ports::PartSink& sink, const Bytes& bytes) {
    return run_blocking(sink.write(bytes));
}

Result<std::string> StoreContract::commit(ports::PartSink& sink) {
    return run_blocking(sink.commit());
}

Result<> StoreContract::put(UploadId id, std::uint64_t offset, const Bytes& bytes) {
    const auto receipt = put_for_receipt(id, offset, bytes);
    return receipt ? Result<>() : std::unexpected(receipt.error());
}

Result<std::string> StoreContract::put_for_receipt(UploadId id, std::uint64_t offset,
                                                   const Bytes& bytes) {
    auto sink = open_part(id, offset, bytes.size());
    if (!sink) {
        return std::unexpected(sink.error());
    }
    if (auto written = write(**sink, bytes); !written) {
        return std::unexpected(written.error());
    }
    return commit(**sink);
}

Result<> StoreContract::publish(UploadId id, std::uint64_t size) {
    return publish(id, {.size = ByteCount(size)});
}

Result<> StoreContract::publish(UploadId id, ports::Content content) {
    return run_blocking(store().publish(ref(id), std::move(content)));
}

Result<> StoreContract::remove(UploadId id) {
    return run_blocking(store().remove(id));
}

Result<> StoreContract::remove_staged(UploadId id) {
    return run_blocking(store().remove_staged(id));
}

Result<std::unique_ptr<ports::Draft>> StoreContract::create_draft(ports::DraftName name,
                                                                  std::uint64_t size) {
    return run_blocking(store().create_draft(name, ByteCount(size)));
}

Result<std::unique_ptr<ports::Draft>> StoreContract::open_draft(ports::DraftName name,
                                                                std::uint64_t size) {
    return run_blocking(store().open_draft(name, ByteCount(size)));
}

Result<> StoreContract::copy(ports::Draft& draft, PartRegion from, std::uint64_t to) {
    return run_blocking(draft.copy(from, ByteOffset(to)));
}

Result<> StoreContract::sync(ports::Draft& draft) {
    return run_blocking(draft.sync());
}

Result<> StoreContract::publish_draft(ports::DraftName name, std::uint64_t size) {
    return run_blocking(store().publish_draft(name, {.size = ByteCount(size)}));
}

Result<> StoreContract::discard_drafts(UploadId id) {
    return run_blocking(store().discard_drafts(id));
}

std::vector<ports::DraftName> StoreContract::drafts() {
    auto listed = run_blocking(store().list_drafts());
    EXPECT_TRUE(listed.has_value());
    auto names = std::move(listed).value_or(std::vector<ports::DraftName>{});
    std::ranges::sort(names);
    return names;
}

Result<std::unique_ptr<ports::BlobReader>> StoreContract::open_published(UploadId id) {
    return run_blocking(store().open_published(id));
}

Result<std::unique_ptr<ports::BlobReader>> StoreContract::open_staged(UploadId id) {
    return run_blocking(store().open_staged(id));
}

// By as many calls as it takes: one may answer fewer bytes than it was asked for.
Result<Bytes> StoreContract::read(ports::BlobReader& reader, std::uint64_t offset,
                                  std::size_t size) {
    Bytes bytes(size);
    std::size_t total = 0;
    while (total < size) {
        const auto got = run_blocking(
            reader.read_at(ByteOffset(offset + total), std::span(bytes).subspan(total)));
        if (!got) {
            return std::unexpected(got.error());
        }
        if (*got == 0) {
            break;
        }
        total += *got;
    }
    bytes.resize(total);
    return bytes;
}

Result<Bytes> StoreContract::published(UploadId id) {
    auto reader = open_published(id);
    if (!reader) {
        return std::unexpected(reader.error());
    }
    return read(**reader, 0, static_cast<std::size_t>((*reader)->size().value()));
}

std::vector<ports::StagedBlob> StoreContract::staged() {
    auto listed = run_blocking(store().list_staged());
    EXPECT_TRUE(listed.has_value());
    auto blobs = std::move(listed).value_or(std::vector<ports::StagedBlob>{});
    std::ranges::sort(blobs, {}, &ports::StagedBlob::id);
    return blobs;
}

std::vector<UploadId> StoreContract::list_published(std::optional<UploadId> after,
                                                    std::size_t limit) {
    auto listed = run_blocking(store().list_published(after, limit));
    EXPECT_TRUE(listed.has_value());
    return std::move(listed).value_or(std::vector<UploadId>{});
}

Result<> StoreContract::trash(UploadId id, ports::BlobState was, std::int64_t millis) {
    return run_blocking(store().trash({.id = id, .was = was, .since = from_unix_millis(millis)}));
}

std::vector<ports::TrashedBlob> StoreContract::list_trash() {
    auto listed = run_blocking(store().list_trash());
    EXPECT_TRUE(listed.has_value());
    auto blobs = std::move(listed).value_or(std::vector<ports::TrashedBlob>{});
    std::ranges::sort(blobs, {}, &ports::TrashedBlob::since);
    return blobs;
}

Result<> StoreContract::restore(const ports::TrashedBlob& blob) {
    return run_blocking(store().restore(blob));
}

Result<> StoreContract::purge(const ports::TrashedBlob& blob) {
    return run_blocking(store().purge(blob));
}

std::uint64_t StoreContract::free_space() {
    const auto space = run_blocking(store().free_space());
    EXPECT_TRUE(space.has_value());
    return space.value_or(ByteCount(0)).value();
}

}  // namespace slipway::contract
