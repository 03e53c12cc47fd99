#include "cli/api_client.hpp"

namespace slipway::cli {

using runtime::Again;
using runtime::Tried;

namespace {

constexpr std::chrono::milliseconds kBackoffBase{300};
constexpr std::chrono::milliseconds kBackoffMax{10'000};

}  // namespace

ApiClient::ApiClient(ApiSettings settings, runtime::RetryWorld world)
    : settings_(std::move(settings)),
      policy_{.base = kBackoffBase, .max = kBackoffMax, .max_attempts = settings_.retries + 1},
      world_(std::move(world)),
      transport_(
          {.max_idle_per_host = 64,
           .connect_timeout = std::min(settings_.stall_timeout, std::chrono::milliseconds(10'000)),
           .stall_timeout = settings_.stall_timeout,
           .ca = settings_.cacert}),
      outage_(settings_.max_wait) {}

http::ClientRequest ApiClient::request(http::Method method, std::string_view path) const {
    http::ClientRequest request;
    request.method = method;
    request.url = settings_.base_url + std::string(path);
    if (!settings_.key.empty()) {
        request.headers.add("Authorization", "Bearer " + settings_.key);
    }
    request.headers.add("User-Agent", "slipway");
    return request;
}

// A server behind a proxy that ends TLS, and without a public URL, names itself with http: what was
// begun over TLS goes on over TLS.
std::string ApiClient::absolute(std::string_view url) const {
    const std::string_view base = settings_.base_url;
    const std::string_view host = base.substr(base.find("//"));
    const std::string plain = "http:" + std::string(host) + "/";
    if (base.starts_with("https:") && url.starts_with(plain)) {
        return "https:" + std::string(url.substr(plain.find(':') + 1));
    }
    return url.starts_with('/') ? settings_.base_url + std::string(url) : std::string(url);
}

Task<Outcome<Answer>> ApiClient::call(std::string what, http::Method method, std::string path,
                                      std::string body, http::Headers headers) {
    auto prepared = request(method, path);
    for (const auto& [name, value] : headers.lines()) {
        prepared.headers.add(name, value);
    }
    if (!body.empty()) {
        prepared.headers.add("Content-Type", "application/json");
        prepared.body = std::move(body);
    }
    const Send send = [this, &prepared](unsigned) { return transport_.send(prepared); };
    co_return co_await exchange(std::move(what), send);
}

Task<Outcome<Answer>> ApiClient::exchange(std::string what, Send send) {
    auto world = world_;
    world.on_retry = [this, &what](const runtime::RetryNotice& notice) {
        if (observer_) {
            observer_(what, notice);
        }
    };
    const auto attempt_once = [this, &send](unsigned number) { return attempt(send, number); };
    auto result = co_await runtime::retry<Answer>(policy_, std::move(world), attempt_once);
    if (!result) {
        auto failed = failure_of(result.error());
        failed.message = what + ": " + failed.message;
        co_return std::unexpected(std::move(failed));
    }
    co_return *std::move(result);
}

Task<Tried<Answer>> ApiClient::attempt(const Send& send, unsigned number) {
    const auto successes_before = outage_.successes();
    auto response = co_await send(number);
    if (!response) {
        const auto again = decide(judge(response.error()), successes_before, {});
        co_return Tried<Answer>{std::unexpected(std::move(response.error())), again};
    }
    auto answer = take_answer(*std::move(response));
    const auto judgement = judge(answer);
    if (judgement == Judgement::final) {
        outage_.succeeded();
        co_return Tried<Answer>{std::move(answer)};
    }
    const auto wait = retry_after(answer.headers, std::chrono::system_clock::now());
    const auto again = decide(judgement, successes_before, wait);
    co_return Tried<Answer>{failure(Errc::unavailable, failure_of(answer).message), again, wait};
}

// An attempt that failed while others succeeded is that part's own trouble and is counted. Where
// nothing succeeds at all, time decides; and where the server only asks for patience.
Again ApiClient::decide(Judgement judgement, std::uint64_t successes_before,
                        std::chrono::milliseconds wait) {
    if (judgement == Judgement::final || settings_.retries == 0) {
        return Again::no;
    }
    if (!outage_.may_wait(std::chrono::steady_clock::now(), wait)) {
        return Again::no;
    }
    const bool alone = outage_.successes() == successes_before;
    const bool waits =
        judgement == Judgement::throttled || (judgement == Judgement::outage && alone);
    return waits ? Again::uncounted : Again::yes;
}

}  // namespace slipway::cli
