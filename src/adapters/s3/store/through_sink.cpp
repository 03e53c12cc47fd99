#include "adapters/s3/store/through_sink.hpp"

#include "adapters/s3/store/placement.hpp"

namespace slipway::adapters::s3 {

namespace {

using runtime::ByteChannel;

// What is given to the channel, as the body of a call.
class ChannelSource final : public http::BodySource {
 public:
    explicit ChannelSource(std::shared_ptr<ByteChannel> channel) : channel_(std::move(channel)) {}

    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        auto count = co_await channel_->take(out);
        was_read_ = was_read_ || count.value_or(0) > 0;
        co_return count;
    }
    bool was_read() const { return was_read_; }

 private:
    std::shared_ptr<ByteChannel> channel_;
    bool was_read_ = false;
};

Task<Result<std::string>> upload_part(S3Client& client, MultipartName upload, PartNumber number,
                                      UploadBody body) {
    auto part = co_await client.upload_part(std::move(upload), number, std::move(body));
    if (!part) {
        co_return std::unexpected(std::move(part.error()));
    }
    co_return std::move(part->etag);
}

// There is no other of this name, so that nothing is replaced.
Task<Result<std::string>> put_object(S3Client& client, ObjectName name, PartReceipt receipt,
                                     std::string prefix, UploadBody body) {
    auto etag = co_await client.put_object(std::move(name), std::move(body));
    if (!etag) {
        co_return etag;
    }
    receipt.etag = *std::move(etag);
    co_return prefix + format_receipt(receipt);
}

// What a part is sent with; copied, because whoever began it may be gone.
struct Sending {
    std::shared_ptr<S3Client> client;
    Patience patience;
    ByteCount length;
    PartCall call;
    std::shared_ptr<ByteChannel> channel;
};

Task<runtime::Tried<std::string>> try_part(const Sending& sending) {
    const auto source = std::make_shared<ChannelSource>(sending.channel);
    UploadBody body{{source, sending.length}, {}};
    auto call = sending.call(*sending.client, std::move(body));
    auto outcome =
        co_await tried<std::string>(*sending.client, Repeatable::where_not_done, std::move(call));
    // What was read went to a call that failed, and is nowhere else.
    if (source->was_read()) {
        outcome.again = runtime::Again::no;
    }
    co_return outcome;
}

Task<Result<std::string>> send_part(Sending sending) {
    const auto attempt = [&](unsigned) { return try_part(sending); };
    auto sent = co_await runtime::retry<std::string>(sending.patience.calls,
                                                     sending.patience.world(), attempt);
    sending.channel->break_off(
        sent ? Error{Errc::unavailable, "the store answered before the part was whole"}
             : sent.error());
    co_return sent;
}

}  // namespace

PartCall as_upload_part(MultipartName upload, PartNumber number) {
    return [upload = std::move(upload), number](S3Client& client, UploadBody body) {
        return upload_part(client, upload, number, std::move(body));
    };
}

PartCall as_object(ObjectName name, PartReceipt receipt, std::string_view prefix) {
    return [name = std::move(name), receipt = std::move(receipt), prefix = std::string(prefix)](
               S3Client& client, UploadBody body) {
        return put_object(client, name, receipt, prefix, std::move(body));
    };
}

ThroughSink::ThroughSink(StoreAccess& access, ByteCount length, PartCall call)
    : access_(access),
      length_(length),
      send_(std::move(call)),
      channel_(std::make_shared<runtime::ByteChannel>()) {}

ThroughSink::~ThroughSink() {
    channel_->break_off(Error{Errc::cancelled, "the part was given up"});
}

Task<Result<>> ThroughSink::write(std::span<const std::byte> bytes) {
    if (committed_) {
        co_return failure(Errc::invalid, "the part was committed already");
    }
    if (failed_) {
        co_return std::unexpected(*failed_);
    }
    if (bytes.size() > (length_ - written_).value()) {
        co_return failure(Errc::invalid, "more than the " + std::to_string(length_.value()) +
                                             " bytes of the part");
    }
    if (bytes.empty()) {
        co_return Result<>{};
    }
    written_ += ByteCount(bytes.size());
    if (written_ == length_) {
        last_ = bytes.back();
        bytes = bytes.first(bytes.size() - 1);
    }
    co_return co_await send(bytes);
}

Task<Result<>> ThroughSink::send(std::span<const std::byte> bytes) {
    // Until it has ended well, it has failed: also when this coroutine does not come back.
    failed_ = Error{Errc::cancelled, "a write of the part did not end"};
    if (!call_) {
        const ClientPair clients = co_await access_.clients->here();
        Sending sending{clients.streams, access_.patience, length_, send_, channel_};
        call_ = co_await Call::begin(send_part(std::move(sending)));
    }
    auto given = co_await channel_->give(bytes);
    failed_ = given ? std::nullopt : std::optional(given.error());
    co_return given;
}

Task<Result<std::string>> ThroughSink::commit() {
    if (committed_) {
        co_return failure(Errc::invalid, "the part was committed already");
    }
    committed_ = true;
    if (failed_) {
        co_return std::unexpected(*failed_);
    }
    if (written_ != length_) {
        co_return failure(Errc::invalid, "the part is not whole");
    }
    if (auto given = co_await send(std::span(&last_, 1)); !given) {
        co_return std::unexpected(std::move(given.error()));
    }
    auto receipt = co_await call_->end();
    if (receipt && !is_store_note(*receipt)) {
        co_return failure(Errc::unsupported, "the store gave a part an ETag that cannot be kept");
    }
    co_return receipt;
}

Task<Result<>> EmptySink::write(std::span<const std::byte> bytes) {
    co_return bytes.empty() ? Result<>() : failure(Errc::invalid, "more than the part's length");
}

Task<Result<std::string>> EmptySink::commit() {
    co_return format_receipt({});
}

}  // namespace slipway::adapters::s3
