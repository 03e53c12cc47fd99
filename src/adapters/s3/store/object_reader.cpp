#include "adapters/s3/store/object_reader.hpp"

#include <algorithm>

#include "runtime/begun.hpp"

namespace slipway::adapters::s3 {

namespace {

using runtime::ByteChannel;

// How long ranges get while they follow each other.
constexpr ByteCount kLargestWindow = 64_MiB;
constexpr std::uint64_t kGrowth = 4;

struct Fetch {
    std::shared_ptr<S3Client> client;
    ObjectName name;
    ByteRange range;
    std::string etag;
};

// Everything it works with is its own: whoever began it may be gone.
Task<Result<ObjectInfo>> fetch(Fetch what, std::shared_ptr<ByteChannel> channel) {
    http::BodySink sink = [channel](std::span<const std::byte> bytes) {
        return channel->give(bytes);
    };
    auto got = co_await what.client->get_object(what.name, what.range, std::move(sink), what.etag);
    if (got) {
        channel->finish();
    } else {
        channel->break_off(got.error());
    }
    co_return got;
}

}  // namespace

class ObjectReader::Answer {
 public:
    Answer(std::shared_ptr<ByteChannel> channel, std::shared_ptr<S3Client> client, ByteRange range)
        : channel_(std::move(channel)), client_(std::move(client)), left_(range) {}
    ~Answer() { channel_->break_off(Error{Errc::cancelled, "nobody reads any more"}); }
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;

    bool is_at(ByteOffset offset) const { return left_.first == offset; }
    bool is_over() const { return left_.length == 0_B; }
    const S3Client& client() const { return *client_; }

    Task<Result<std::size_t>> take(std::span<std::byte> out) {
        auto count = co_await channel_->take(out);
        if (count && *count == 0) {
            co_return failure(Errc::unavailable, "GetObject: the answer ended early");
        }
        left_.first = left_.first + ByteCount(count.value_or(0));
        left_.length = left_.length - ByteCount(count.value_or(0));
        co_return count;
    }

 private:
    const std::shared_ptr<ByteChannel> channel_;
    const std::shared_ptr<S3Client> client_;
    ByteRange left_;
};

ObjectReader::ObjectReader(StoreAccess& access, ObjectName name, const ObjectInfo& info,
                           ByteCount window)
    : access_(access),
      name_(std::move(name)),
      etag_(info.etag),
      size_(info.size),
      first_window_(std::min(window, kLargestWindow)) {}

ObjectReader::~ObjectReader() = default;

Task<std::optional<std::string>> ObjectReader::direct_url(ports::DirectDownload how) {
    if (access_.downloads == Downloads::through) {
        co_return std::nullopt;
    }
    const ClientPair clients = co_await access_.clients->here();
    const ShownAs shown{.content_type = std::move(how.content_type),
                        .disposition = std::move(how.disposition)};
    co_return clients.calls->presigned_get(name_, how.lifetime, shown);
}

Task<Result<std::size_t>> ObjectReader::read_at(ByteOffset offset, std::span<std::byte> out) {
    if (offset.value() >= size_.value() || out.empty()) {
        co_return 0U;
    }
    out = out.first(std::min<std::uint64_t>(out.size(), size_.value() - offset.value()));
    const auto attempt = [&](unsigned) { return try_read(offset, out); };
    co_return co_await runtime::retry<std::size_t>(access_.patience.calls, access_.patience.world(),
                                                   attempt);
}

Task<runtime::Tried<std::size_t>> ObjectReader::try_read(ByteOffset offset,
                                                         std::span<std::byte> out) {
    const ClientPair clients = co_await access_.clients->here();
    AnswerPtr answer = take_answer(offset, *clients.streams);
    if (!answer) {
        answer = co_await ask(range_for(offset, out.size()), clients);
    }
    auto outcome =
        co_await tried<std::size_t>(*clients.streams, Repeatable::anyway, answer->take(out));
    if (outcome.result && !answer->is_over()) {
        keep(std::move(answer));
    }
    co_return outcome;
}

// Only on the loop of its client: an answer goes on only while its loop runs.
ObjectReader::AnswerPtr ObjectReader::take_answer(ByteOffset offset, const S3Client& client) {
    const std::scoped_lock lock(mutex_);
    const bool fits = kept_ && kept_->is_at(offset) && &kept_->client() == &client;
    return fits ? std::move(kept_) : nullptr;
}

// Longer and longer while it goes on where the last one ended, so that reading a little asks for a
// little and reading all asks seldom.
ByteRange ObjectReader::range_for(ByteOffset offset, std::size_t wanted) {
    const std::scoped_lock lock(mutex_);
    const bool goes_on = offset == asked_up_to_ && window_ > 0_B;
    window_ =
        goes_on ? std::min(ByteCount(window_.value() * kGrowth), kLargestWindow) : first_window_;
    window_ = std::max(window_, ByteCount(wanted));
    const ByteRange range{offset, std::min(window_, size_ - ByteCount(offset.value()))};
    asked_up_to_ = range.first + range.length;
    return range;
}

Task<ObjectReader::AnswerPtr> ObjectReader::ask(ByteRange range, ClientPair clients) {
    const auto channel = std::make_shared<ByteChannel>();
    auto fetching = fetch({clients.streams, name_, range, etag_}, channel);
    co_await runtime::Begun<Result<ObjectInfo>>::begin(std::move(fetching));
    co_return std::make_unique<Answer>(channel, clients.streams, range);
}

void ObjectReader::keep(AnswerPtr answer) {
    const std::scoped_lock lock(mutex_);
    kept_.swap(answer);
}

}  // namespace slipway::adapters::s3
