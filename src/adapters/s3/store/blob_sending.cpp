#include "adapters/s3/store/blob_sending.hpp"

#include <algorithm>

#include "runtime/group.hpp"

namespace slipway::adapters::s3 {

namespace {

constexpr std::uint64_t kMostParts = 9'000;
constexpr std::uint64_t kStep = 1U << 20U;
// Each holds one send buffer.
constexpr unsigned kInFlight = 4;

class RegionSource final : public http::BodySource {
 public:
    RegionSource(std::shared_ptr<ports::BlobReader> source, ByteRange range)
        : source_(std::move(source)), left_(range) {}

    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        out = out.first(std::min<std::uint64_t>(out.size(), left_.length.value()));
        auto count = co_await source_->read_at(left_.first, out);
        if (count && *count == 0) {
            co_return failure(Errc::corrupted, "a staged blob is shorter than it was");
        }
        left_.first = left_.first + ByteCount(count.value_or(0));
        left_.length = left_.length - ByteCount(count.value_or(0));
        co_return count;
    }

 private:
    std::shared_ptr<ports::BlobReader> source_;
    ByteRange left_;
};

}  // namespace

ByteCount part_size_for(ByteCount size, ByteCount least) {
    const std::uint64_t needed = (size.value() + kMostParts - 1) / kMostParts;
    if (needed <= least.value()) {
        return least;
    }
    return ByteCount((needed + kStep - 1) / kStep * kStep);
}

Sendable sendable(std::shared_ptr<ports::BlobReader> source, ByteCount least) {
    Sendable blob;
    const ByteCount part_size = part_size_for(source->size(), least);
    for (ByteOffset first; first.value() < source->size().value(); first = first + part_size) {
        const ByteCount left = source->size() - ByteCount(first.value());
        blob.cuts.push_back({first, std::min(part_size, left)});
    }
    blob.body_of = [source = std::move(source)](ByteRange range) {
        return UploadBody{{std::make_shared<RegionSource>(source, range), range.length}, {}};
    };
    return blob;
}

Task<Result<>> BlobSending::run_once() {
    const ClientPair clients = co_await access_.clients->here();
    auto upload = co_await find_or_begin(*clients.calls);
    if (!upload) {
        co_return std::unexpected(std::move(upload.error()));
    }
    const auto listed = co_await list_all_parts(*clients.calls, *upload);
    if (!listed) {
        co_return std::unexpected(listed.error());
    }
    parts_.assign(blob_.cuts.size(), std::nullopt);
    if (access_.sends_digests()) {
        take_over(*listed);
    }
    if (auto sent = co_await send_missing(*upload); !sent) {
        co_return sent;
    }
    PartList list{.parts = {},
                  .size = what_.content.size,
                  .crc64nvme = {},
                  .replace = access_.can.conditional_complete ? Replace::never : Replace::allowed};
    for (auto& part : parts_) {
        list.parts.push_back(*std::move(part));
    }
    const auto has_checksum = [](const StoredPart& part) { return part.crc64nvme.has_value(); };
    if (access_.has_whole_checksums() && std::ranges::all_of(list.parts, has_checksum)) {
        list.crc64nvme = what_.content.crc64nvme;
    }
    const auto completed = co_await clients.calls->complete_multipart(*upload, std::move(list));
    co_return completed ? Result<>() : std::unexpected(completed.error());
}

// Of a part without a digest, the right length does not say that all of its bytes came.
void BlobSending::take_over(const std::vector<ListedPart>& listed) {
    for (const ListedPart& part : listed) {
        const std::size_t index = part.number.value() - 1;
        if (index < parts_.size() && part.size == blob_.cuts[index].length) {
            parts_[index] = StoredPart{part.number, part.etag, part.crc64nvme};
        }
    }
}

// The one that an earlier attempt began: its name is in no record, so the store is asked.
Task<Result<MultipartName>> BlobSending::find_or_begin(S3Client& client) {
    const ObjectName object = access_.file(what_.id);
    auto open = co_await list_uploads_of(client, object);
    if (!open) {
        co_return std::unexpected(std::move(open.error()));
    }
    if (!open->empty()) {
        co_return MultipartName{object, std::move(open->front().upload_id)};
    }
    auto begun = co_await client.create_multipart(
        object, StoreAccess::attributes_of(what_.id),
        access_.has_whole_checksums() ? ObjectChecksum::crc64nvme : ObjectChecksum::none);
    if (!begun) {
        co_return std::unexpected(std::move(begun.error()));
    }
    co_return MultipartName{object, *std::move(begun)};
}

Task<Result<>> BlobSending::send_missing(MultipartName upload) {
    const ClientPair clients = co_await access_.clients->here();
    next_ = 0;
    failed_.reset();
    const auto group = co_await runtime::Group::open();
    for (unsigned i = 0; i < kInFlight; ++i) {
        group->spawn(send_in_turn(upload, clients.streams));
    }
    co_await group->wait();
    co_return failed_ ? std::unexpected(*failed_) : Result<>();
}

// With a share in the client: where a loop ends, what waits on it is destroyed in any order.
Task<void> BlobSending::send_in_turn(MultipartName upload, std::shared_ptr<S3Client> client) {
    while (next_ < parts_.size() && !failed_) {
        const std::size_t index = next_++;
        if (parts_[index]) {
            continue;
        }
        const PartNumber number(static_cast<std::uint32_t>(index + 1));
        auto part = co_await send_part(upload, number, *client);
        if (part) {
            parts_[index] = *std::move(part);
        } else if (!failed_) {
            failed_ = std::move(part.error());
        }
    }
}

Task<Result<StoredPart>> BlobSending::send_part(const MultipartName& upload, PartNumber number,
                                                S3Client& client) {
    const ByteRange range = blob_.cuts[number.value() - 1];
    const auto call = [&] { return client.upload_part(upload, number, blob_.body_of(range)); };
    co_return co_await persist<StoredPart>(client, access_.patience, Repeatable::anyway, call);
}

}  // namespace slipway::adapters::s3
