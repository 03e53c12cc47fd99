#include "engine/temporary/receive_files.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"
#include "base/seeded_bug.hpp"
#include "core/part_plan.hpp"
#include "engine/copies/copy_requests.hpp"
#include "engine/stated_digests.hpp"
#include "engine/stores/create_blob.hpp"
#include "engine/upload_content.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

// Each step is one sync: it doubles, so that a small file has few and a large one takes no room
// for long that it does not need.
constexpr ByteCount kFirstStep = 1_MiB;
constexpr ByteCount kLargestStep = 256_MiB;

UploadId random_id(ports::Random& random) {
    UploadId::Bytes bytes{};
    random.fill(std::as_writable_bytes(std::span(bytes)));
    return UploadId(bytes);
}

// The whole file is one part.
core::PartPlan plan_of(ByteCount size) {
    return {.total_parts = 1, .part_size = std::max(size, core::kMinPartSize), .file_size = size};
}

}  // namespace

ReceiveFiles::ReceiveFiles(World& world, RequestContext context, ByteCount most)
    : world_(world),
      context_(std::move(context)),
      in_flight_(world.metrics.parts_in_flight),
      left_(most) {}

std::unexpected<Refusal> ReceiveFiles::refuse_store(const Error& error,
                                                    std::string_view operation) const {
    if (error.code == Errc::conflict) {
        return refuse(Reason::url_used, "the file that this URL is for is there, or being sent");
    }
    return refuse(error, operation, context_.request_id);
}

Task<Outcome<>> ReceiveFiles::begin(FileToReceive wanted) {
    if (in_flight_.position() > world_.options.max_parts_in_flight) {
        world_.metrics.parts_rejected_busy.add();
        co_return refuse(Reason::busy, "too many files are being received");
    }
    const UploadId id = wanted.id.value_or(random_id(world_.random));
    capacity_ = std::min(wanted.at_most.value_or(0_B), left_);
    written_ = 0_B;
    auto hold = world_.making->hold(id);
    const ports::BlobLayout layout{.capacity = capacity_};
    auto blob = co_await create_blob(world_, id, layout);
    if (!blob) {
        co_return refuse_store(blob.error(), "create_blob");
    }
    store_ = &world_.stores.at(blob->storage_node);
    blob_ = {id, std::move(blob->placement)};
    stated_ = wanted.stated;
    hasher_.emplace(hash::DigestSelection{.md5 = stated_.md5.has_value(), .crc32c = false});
    receipts_.push_back({id,
                         std::move(blob->storage_node),
                         std::move(hold),
                         std::move(wanted.name),
                         std::move(wanted.content_type),
                         {}});
    co_return Outcome<>();
}

Task<Outcome<>> ReceiveFiles::write(std::span<const std::byte> bytes) {
    const ByteCount count(bytes.size());
    if (count > left_) {
        co_return refuse(Reason::body_too_large, "the files are over their limit");
    }
    left_ = left_ - count;
    if (auto made = co_await make_room(count); !made) {
        co_return made;
    }
    hasher_->update(bytes);
    if (const auto written = co_await sink_->write(bytes); !written) {
        co_return refuse(written.error(), "write_file", context_.request_id);
    }
    written_ += count;
    co_return Outcome<>();
}

Task<Outcome<>> ReceiveFiles::make_room(ByteCount bytes) {
    if (written_ + bytes > capacity_) {
        if (auto committed = co_await commit_sink(); !committed) {
            co_return committed;
        }
        if (const auto grown = co_await grow(written_ + bytes); !grown) {
            co_return refuse(grown.error(), "grow_blob", context_.request_id);
        }
    }
    if (sink_) {
        co_return Outcome<>();
    }
    const ports::PartRegion region{ByteOffset(written_.value()), capacity_ - written_};
    auto opened = co_await store_->open_part(blob_, region);
    if (!opened) {
        co_return refuse(opened.error(), "open_part", context_.request_id);
    }
    sink_ = std::move(*opened);
    co_return Outcome<>();
}

Task<Result<>> ReceiveFiles::grow(ByteCount needed) {
    const ByteCount step = std::clamp(capacity_, kFirstStep, kLargestStep);
    ByteCount wanted = std::max(needed, std::min(capacity_ + step, needed + left_));
    auto grown = co_await store_->grow(blob_, wanted);
    if (!grown && grown.error().code == Errc::storage_full && wanted > needed) {
        // Where so much is not there, what is needed may be.
        wanted = needed;
        grown = co_await store_->grow(blob_, wanted);
    }
    if (grown) {
        capacity_ = wanted;
    }
    co_return grown;
}

Task<Outcome<>> ReceiveFiles::commit_sink() {
    if (!sink_) {
        co_return Outcome<>();
    }
    const auto committed = co_await std::exchange(sink_, nullptr)->commit();
    if (!committed) {
        co_return refuse(committed.error(), "sync_file", context_.request_id);
    }
    co_return Outcome<>();
}

Task<Outcome<>> ReceiveFiles::end() {
    Receipt& receipt = receipts_.back();
    receipt.part = {.number = PartNumber(1),
                    .size = written_,
                    .digests = hasher_->finish(),
                    .stored_at = world_.clock.wall()};
    if (auto difference = find_difference(stated_, receipt.part.digests)) {
        world_.metrics.digest_failures.add();
        co_return std::unexpected(mismatch(std::move(*difference)));
    }
    if (has_bug(SeededBug::form_file_not_synced)) {
        sink_ = nullptr;
    }
    // A store that is told to publish makes durable what was committed, and no more.
    if (auto committed = co_await commit_sink(); !committed) {
        co_return committed;
    }
    ports::Content content{.size = written_, .crc64nvme = receipt.part.digests.crc64nvme};
    const auto published = co_await store_->publish(blob_, std::move(content));
    if (!published) {
        co_return refuse_store(published.error(), "publish_file");
    }
    co_return Outcome<>();
}

core::File ReceiveFiles::file_of(const Receipt& receipt,
                                 const std::map<std::string, std::string>& metadata,
                                 WallTime now) const {
    const ContentSummary content = summarise(std::span(&receipt.part, 1));
    core::File file;
    file.id = receipt.id;
    file.owner = context_.owner;
    file.storage_node = receipt.storage_node;
    file.name = receipt.name;
    file.content_type = receipt.content_type;
    file.size = receipt.part.size;
    file.plan = plan_of(receipt.part.size);
    file.chain = content.chain;
    file.crc64nvme = content.crc64nvme;
    file.sha256 = receipt.part.digests.sha256;
    file.md5 = receipt.part.digests.md5;
    file.metadata = metadata;
    file.completed_at = now;
    file.expires_at = now + world_.options.temporary_ttl;
    return file;
}

Task<Outcome<std::vector<core::File>>> ReceiveFiles::keep(
    std::map<std::string, std::string> metadata) {
    const WallTime now = world_.clock.wall();
    std::vector<core::File> files;
    std::vector<ports::NewFile> records;
    for (const Receipt& receipt : receipts_) {
        files.push_back(file_of(receipt, metadata, now));
        records.push_back({files.back(), {receipt.part}});
    }
    const auto created =
        co_await world_.catalog.create_files(std::move(records), world_.options.quota);
    if (!created) {
        if (created.error().code == Errc::outcome_unknown) {
            // The records may exist: then the blobs must stay. If not, they are collected.
            receipts_.clear();
        }
        co_return refuse_store(created.error(), "create_files");
    }
    if (const auto* refused = std::get_if<ports::QuotaRefused>(&*created)) {
        co_return refuse(refused->excess);
    }
    receipts_.clear();
    for (const core::File& file : files) {
        world_.metrics.temporary_files_stored.add();
        world_.metrics.part_bytes_stored.add(file.size.value());
        if (auto asked = co_await request_copy(world_, file.id, file.storage_node,
                                               context_.request_id.trace);
            !asked) {
            // The scanner does.
            telemetry::log(telemetry::Level::warn, "copy_not_requested",
                           {{"file_id", file.id.to_string()}, {"detail", asked.error().detail}});
        }
        telemetry::log(telemetry::Level::info, "temporary_file_stored",
                       {{"file_id", file.id.to_string()},
                        {"size", file.size.value()},
                        {"request_id", context_.request_id}});
    }
    co_return files;
}

Task<void> ReceiveFiles::discard() {
    sink_ = nullptr;
    for (const Receipt& receipt : receipts_) {
        const auto removed = co_await world_.stores.at(receipt.storage_node).remove(receipt.id);
        if (!removed) {
            telemetry::log(
                telemetry::Level::warn, "blob_left_behind",
                {{"file_id", receipt.id.to_string()}, {"detail", removed.error().detail}});
        }
    }
    receipts_.clear();
}

}  // namespace slipway::engine
