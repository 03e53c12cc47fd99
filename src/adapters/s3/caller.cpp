#include "adapters/s3/caller.hpp"

#include <charconv>

#include "adapters/s3/answers.hpp"

namespace slipway::adapters::s3 {

namespace {

using namespace std::chrono_literals;

constexpr auto kLongestPause = std::chrono::seconds(60);
// Stores refuse what is 15 minutes off. An answer to HEAD does not say why it is 403.
constexpr auto kSuspicious = std::chrono::minutes(5);

http::ClientOptions client_options(const Endpoint& endpoint) {
    http::ClientOptions options;
    options.max_idle_per_host = endpoint.connections;
    options.connect_timeout = endpoint.connect_timeout;
    options.stall_timeout = endpoint.stall_timeout;
    options.ca = endpoint.ca;
    return options;
}

// Remembers how far a body was read, and whether it was the body that failed.
class WatchedSource final : public http::BodySource {
 public:
    explicit WatchedSource(http::StreamBody body)
        : source_(std::move(body.source)), left_(body.length.value()) {}

    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        auto count = co_await source_->read(out);
        failed_ = !count || *count == 0;
        left_ -= count.value_or(0);
        co_return count;
    }
    bool failed() const { return failed_; }
    bool was_read_whole() const { return left_ == 0; }

 private:
    std::shared_ptr<http::BodySource> source_;
    std::uint64_t left_;
    bool failed_ = false;
};

std::shared_ptr<WatchedSource> watch(http::ClientRequest& request) {
    auto* stream = std::get_if<http::StreamBody>(&request.body);
    if (stream == nullptr) {
        return nullptr;
    }
    auto watched = std::make_shared<WatchedSource>(*stream);
    stream->source = watched;
    return watched;
}

// No answer, or none that could be read to its end.
Error transport_error(const Call& call, Error error, Effect effect) {
    const bool broke = error.code == Errc::unavailable || error.code == Errc::deadline_exceeded;
    if (broke && effect == Effect::change) {
        error.code = Errc::outcome_unknown;
    }
    error.detail = std::string(call.operation) + ": " + error.detail;
    return error;
}

// What somebody else answered, as far as it fits in a log.
std::string first_words(std::string_view body) {
    constexpr std::size_t kLongest = 100;
    std::string words;
    for (const char c : body.substr(0, kLongest)) {
        words.push_back(c >= 0x20 && c < 0x7f ? c : ' ');
    }
    words.resize(words.find_last_not_of(' ') + 1);
    return words;
}

}  // namespace

Caller::Caller(const Endpoint& endpoint, EndpointUrl url, sigv4::Credentials credentials,
               const ports::Clock& clock)
    : builder_(std::move(url), endpoint, std::move(credentials)),
      clock_(clock),
      call_timeout_(endpoint.call_timeout),
      client_(client_options(endpoint)),
      slots_(endpoint.connections) {}

Task<Result<http::ClientResponse>> Caller::perform(Call call, Taking taking) {
    const auto slot = co_await slots_.take();
    Attempt outcome = co_await attempt(call, taking);
    if (outcome.other_time && !call.is_streamed()) {
        outcome = co_await attempt(call, taking);
    } else if (outcome.other_time) {
        co_return failure(Errc::unavailable,
                          "the clocks differed; another try is signed by the store's");
    }
    co_return std::move(outcome.result);
}

Task<Caller::Attempt> Caller::attempt(const Call& call, const Taking& taking) {
    bool began = false;
    http::ClientRequest request = builder_.build(call, store_time());
    request.began = &began;
    if (!call.is_streamed() && !taking.sink) {
        request.time_limit = call_timeout_;
    }
    if (taking.check) {
        request.check_head = [&taking](unsigned status, const http::Headers& headers) {
            return status / 100 == 2 ? taking.check(status, headers) : Result<>();
        };
    }
    const auto body = watch(request);
    auto response = co_await client_.send(std::move(request), taking.sink);
    // Without the last byte of a body of known length nothing is carried out.
    const bool sent_whole = began && (!body || body->was_read_whole());
    const Effect effect = sent_whole ? call.effect : Effect::none;
    if (response) {
        co_return judge(call, *std::move(response), effect);
    }
    if (body && body->failed()) {
        co_return Attempt{std::unexpected(std::move(response.error()))};
    }
    co_return Attempt{std::unexpected(transport_error(call, std::move(response.error()), effect))};
}

Caller::Attempt Caller::judge(const Call& call, http::ClientResponse response, Effect effect) {
    note_pause(response.headers);
    if (response.status / 100 == 2) {
        return {std::move(response)};
    }
    StoreError told = parse_error(response.status, response.body);
    if (told.code.empty() && call.method != http::Method::head) {
        told.code = kNotAnS3Answer;
        told.message = first_words(response.body);
    }
    Error error = translate_error(told, effect, call.subject());
    error.detail = std::string(call.operation) + ": " + error.detail;
    return {std::unexpected(std::move(error)), learn_time(call, told, response.headers)};
}

void Caller::note_pause(const http::Headers& headers) {
    const auto text = headers.find("Retry-After");
    unsigned seconds = 0;
    if (text &&
        std::from_chars(text->data(), text->data() + text->size(), seconds).ec == std::errc{}) {
        rest_until_ = clock_.steady() +
                      std::min<std::chrono::seconds>(std::chrono::seconds(seconds), kLongestPause);
    }
}

bool Caller::learn_time(const Call& call, const StoreError& error, const http::Headers& headers) {
    const auto date = headers.find("Date");
    const auto time = date ? parse_http_date(*date) : std::nullopt;
    if (error.status != 403 || !time) {
        return false;
    }
    const auto off = std::chrono::abs(*time - store_time());
    const bool is_about_time = error.code == "RequestTimeTooSkewed" ||
                               (call.method == http::Method::head && off > kSuspicious);
    if (is_about_time) {
        ahead_ = *time - clock_.wall();
    }
    return is_about_time;
}

std::string Caller::presigned_url(const Call& call, std::chrono::seconds lifetime) const {
    return builder_.presigned_url(call, store_time(), lifetime);
}

std::chrono::milliseconds Caller::wished_pause() const {
    const auto left = rest_until_ - clock_.steady();
    return std::max(0ms, std::chrono::ceil<std::chrono::milliseconds>(left));
}

}  // namespace slipway::adapters::s3
