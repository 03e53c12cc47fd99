#include "stores/s3_store_rig.hpp"

#include <algorithm>

#include "hash/digester.hpp"
#include "runtime/sleep.hpp"

namespace slipway::stores {

namespace {

using namespace std::chrono_literals;

Task<void> sleep_a_little(std::chrono::milliseconds delay) {
    co_await runtime::sleep_for(std::min(delay, std::chrono::milliseconds(1)));
}

// As much as it takes until a fault has passed, and no time in between.
adapters::s3::Patience quick_patience() {
    const runtime::RetryPolicy policy{.base = 1ms, .max = 1ms, .max_attempts = 6};
    return {.calls = policy, .publishing = policy, .world = [] {
                auto world = runtime::real_retry_world();
                world.sleep = sleep_a_little;
                return world;
            }};
}

}  // namespace

s3fake::FakeOptions rig_options() {
    s3fake::FakeOptions options;
    options.min_part = ByteCount(kPart);
    return options;
}

adapters::s3::Capabilities capabilities_of(const s3fake::FakeOptions& options) {
    using s3fake::Condition;
    return {.conditional_put = options.put_condition == Condition::kept,
            .conditional_complete = options.complete_condition == Condition::kept,
            .checks_checksums = options.checks_checksums,
            .trailing_checksums = options.chunked == s3fake::Chunked::decoded,
            .whole_checksums = options.checks_checksums,
            .checks_size = options.checks_object_size,
            .copies_parts = true,
            .lists_at_once = true,
            .replays_complete = options.second_complete == s3fake::SecondComplete::replayed,
            .tells_complete_etag = options.tells_complete_etag,
            .smallest_part = options.min_part,
            .checks_direct_parts = options.checks_checksums,
            .needs_digests = options.takes_half_bodies};
}

Bytes pattern(std::size_t size, std::uint64_t seed) {
    Bytes bytes(size);
    std::uint64_t state = seed * 0x9e3779b97f4a7c15U + 1;
    for (std::byte& byte : bytes) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        byte = static_cast<std::byte>(state >> 56U);
    }
    return bytes;
}

UploadId id_of(std::uint64_t n) {
    UploadId::Bytes bytes{};
    for (std::size_t i = 0; i < sizeof n; ++i) {
        bytes[bytes.size() - 1 - i] = static_cast<std::uint8_t>(n >> (8 * i));
    }
    return UploadId(bytes);
}

Crc64Nvme crc64_of(const Bytes& bytes) {
    hash::Crc64NvmeHasher hasher;
    hasher.update(bytes);
    return hasher.finish();
}

std::uint32_t Blob::part_count() const {
    return static_cast<std::uint32_t>((bytes.size() + part_size - 1) / part_size);
}

ports::PartRegion Blob::region_of(std::uint32_t number) const {
    const std::size_t first = (number - 1) * part_size;
    return {ByteOffset(first), ByteCount(std::min(part_size, bytes.size() - first))};
}

Bytes Blob::part(std::uint32_t number) const {
    const auto region = region_of(number);
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(region.offset.value());
    return {begin, begin + static_cast<std::ptrdiff_t>(region.length.value())};
}

ports::Content Blob::content() const {
    return {.size = ByteCount(bytes.size()), .crc64nvme = crc64_of(bytes), .pieces = pieces};
}

StoreRig::StoreRig(RigTarget target) : target_(std::move(target)) {
    auto made = adapters::s3::S3Client::make(target_.direct, target_.credentials, clock_);
    EXPECT_TRUE(made) << made.error().detail;
    client_ = std::move(made).value();
    restart();
}

adapters::s3::ObjectName StoreRig::name_of(UploadId id) const {
    return {target_.bucket, "files/" + id.to_string()};
}

void StoreRig::restart() {
    store_.reset();
    spool_->reopen();
    open_store(target_.small_parts);
}

void StoreRig::move_to_another_node() {
    store_.reset();
    spool_.emplace();
    open_store(target_.small_parts);
}

void StoreRig::open_store(adapters::s3::SmallParts small_parts) {
    auto made = adapters::s3::S3Store::make({.name = "s3",
                                             .endpoint = target_.endpoint,
                                             .credentials = target_.credentials,
                                             .bucket = target_.bucket,
                                             .prefix = "",
                                             .can = target_.can,
                                             .patience = quick_patience(),
                                             .sizes = target_.sizes,
                                             .small_parts = small_parts},
                                            {spool_->store(), clock_, random_});
    EXPECT_TRUE(made) << made.error().detail;
    store_ = std::move(made).value();
}

Result<Blob> StoreRig::create_through(UploadId id, Bytes bytes) {
    return create(id, std::move(bytes), {.capacity = {}, .part_size = ByteCount(part_size())});
}

Result<Blob> StoreRig::create_spooled(UploadId id, Bytes bytes) {
    return create(id, std::move(bytes),
                  {.capacity = {}, .part_size = ByteCount(part_size()), .read_staged = true});
}

Result<Blob> StoreRig::create_apart(UploadId id, Bytes bytes) {
    return create_with_small_parts_in_store(
        id, std::move(bytes),
        {.capacity = {}, .part_size = ByteCount(part_size()), .read_staged = true});
}

Result<Blob> StoreRig::create_free_apart(UploadId id, std::size_t capacity) {
    return create_with_small_parts_in_store(id, Bytes(capacity),
                                            {.capacity = {}, .read_staged = true});
}

Result<Blob> StoreRig::create_whole(UploadId id, Bytes bytes) {
    return create_with_small_parts_in_store(id, std::move(bytes), {.capacity = {}});
}

// What is created so stays so, whatever the setting is later.
Result<Blob> StoreRig::create_with_small_parts_in_store(UploadId id, Bytes bytes,
                                                        ports::BlobLayout layout) {
    open_store(adapters::s3::SmallParts::in_store);
    auto blob = create(id, std::move(bytes), layout);
    open_store(target_.small_parts);
    return blob;
}

Result<Blob> StoreRig::create(UploadId id, Bytes bytes, ports::BlobLayout layout) {
    layout.capacity = ByteCount(bytes.size());
    auto placement = run(store().create(id, layout));
    if (!placement) {
        return std::unexpected(std::move(placement.error()));
    }
    Blob blob{
        .ref = {id, *std::move(placement)}, .part_size = part_size(), .bytes = std::move(bytes)};
    for (std::uint32_t number = 1; number <= blob.part_count(); ++number) {
        blob.pieces.push_back({PartNumber(number), blob.region_of(number).length, ""});
    }
    return blob;
}

Result<std::string> StoreRig::write(const Blob& blob, ports::PartRegion region,
                                    const Bytes& bytes) {
    return write_into(run(store().open_part(blob.ref, region)), bytes);
}

Result<std::string> StoreRig::write_into(Result<std::unique_ptr<ports::PartSink>> sink,
                                         const Bytes& bytes) {
    if (!sink) {
        return std::unexpected(std::move(sink.error()));
    }
    if (auto written = run((*sink)->write(bytes)); !written) {
        return std::unexpected(std::move(written.error()));
    }
    return run((*sink)->commit());
}

Result<> StoreRig::put(Blob& blob, std::uint32_t number) {
    auto receipt = write(blob, blob.region_of(number), blob.part(number));
    if (!receipt) {
        return std::unexpected(std::move(receipt.error()));
    }
    blob.pieces[number - 1].receipt = *std::move(receipt);
    return {};
}

Result<> StoreRig::put_aside(Blob& blob, std::uint32_t number) {
    auto sink = run(store().open_part_aside(blob.ref, blob.region_of(number)));
    auto receipt = write_into(std::move(sink), blob.part(number));
    if (!receipt) {
        return std::unexpected(std::move(receipt.error()));
    }
    blob.pieces[number - 1].receipt = *std::move(receipt);
    blob.pieces[number - 1].sha256 = hash::sha256(blob.part(number));
    return {};
}

Result<> StoreRig::put_all(Blob& blob) {
    for (std::uint32_t number = 1; number <= blob.part_count(); ++number) {
        if (auto stored = put(blob, number); !stored) {
            return stored;
        }
    }
    return {};
}

Result<Bytes> StoreRig::read(UploadId id) {
    auto reader = run(store().open_published(id));
    if (!reader) {
        return std::unexpected(std::move(reader.error()));
    }
    Bytes bytes((*reader)->size().value());
    for (std::size_t at = 0; at < bytes.size();) {
        const auto count = run((*reader)->read_at(ByteOffset(at), std::span(bytes).subspan(at)));
        if (!count) {
            return std::unexpected(count.error());
        }
        at += *count;
    }
    return bytes;
}

S3StoreRig::S3StoreRig(s3fake::FakeOptions options)
    : FakeRig(std::move(options)),
      StoreRig({.endpoint = endpoint,
                .direct = endpoint,
                .credentials = FakeRig::fake.options().credentials,
                .bucket = "bucket",
                .can = capabilities_of(FakeRig::fake.options()),
                .sizes = {.smallest_part = ByteCount(kPart),
                          .largest_put = ByteCount(kPut),
                          .largest_free_part = ByteCount(kFreePart)}}) {}

}  // namespace slipway::stores
