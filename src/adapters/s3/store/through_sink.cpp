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

Task<runtime::Tried<StoredPart>> try_part(std::shared_ptr<S3Client> client, PartPlace place,
                                          std::shared_ptr<ByteChannel> channel) {
    const auto source = std::make_shared<ChannelSource>(std::move(channel));
    UploadBody body{{source, place.length}, {}};
    auto call = client->upload_part(place.upload, place.number, std::move(body));
    auto outcome = co_await tried<StoredPart>(*client, Repeatable::where_not_done, std::move(call));
    // What was read went to a call that failed, and is nowhere else.
    if (source->was_read()) {
        outcome.again = runtime::Again::no;
    }
    co_return outcome;
}

// Everything it works with is its own: whoever began it may be gone.
Task<Result<StoredPart>> send_part(std::shared_ptr<S3Client> client, Patience patience,
                                   PartPlace place, std::shared_ptr<ByteChannel> channel) {
    const auto attempt = [&](unsigned) { return try_part(client, place, channel); };
    auto sent = co_await runtime::retry<StoredPart>(patience.calls, patience.world(), attempt);
    channel->break_off(
        sent ? Error{Errc::unavailable, "UploadPart: answered before the part was whole"}
             : sent.error());
    co_return sent;
}

}  // namespace

ThroughSink::ThroughSink(StoreAccess& access, PartPlace place)
    : access_(access),
      place_(std::move(place)),
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
    if (bytes.size() > (place_.length - written_).value()) {
        co_return failure(Errc::invalid, "more than the " + std::to_string(place_.length.value()) +
                                             " bytes of the part");
    }
    if (bytes.empty()) {
        co_return Result<>{};
    }
    written_ += ByteCount(bytes.size());
    if (written_ == place_.length) {
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
        auto sending = send_part(clients.streams, access_.patience, place_, channel_);
        call_ = co_await Call::begin(std::move(sending));
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
    if (written_ != place_.length) {
        co_return failure(Errc::invalid, "the part is not whole");
    }
    if (auto given = co_await send(std::span(&last_, 1)); !given) {
        co_return std::unexpected(std::move(given.error()));
    }
    auto part = co_await call_->end();
    if (!part) {
        co_return std::unexpected(std::move(part.error()));
    }
    if (!is_store_note(part->etag)) {
        co_return failure(Errc::unsupported, "UploadPart: an ETag that cannot be kept");
    }
    co_return std::move(part->etag);
}

}  // namespace slipway::adapters::s3
