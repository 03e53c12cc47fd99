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
      servers_(settings_.location, settings_.directory),
      outage_(settings_.max_wait) {}

http::ClientRequest ApiClient::request(http::Method method, std::string_view path) const {
    http::ClientRequest request;
    request.method = method;
    request.url = servers_.choose(world_.random()) + std::string(path);
    if (!settings_.key.empty()) {
        request.headers.add("Authorization", "Bearer " + settings_.key);
    }
    request.headers.add("User-Agent", "slipway");
    return request;
}

// A server behind a proxy that ends TLS, and without a public URL, names itself with http: what was
// begun over TLS goes on over TLS.
std::string ApiClient::absolute(std::string_view url) const {
    const std::string base = servers_.choose(world_.random());
    const std::string plain = "http:" + base.substr(base.find("//")) + "/";
    if (base.starts_with("https:") && url.starts_with(plain)) {
        return "https:" + std::string(url.substr(plain.find(':') + 1));
    }
    return url.starts_with('/') ? base + std::string(url) : std::string(url);
}

Task<Outcome<Answer>> ApiClient::call(std::string what, http::Method method, std::string path,
                                      std::string body, http::Headers headers) {
    if (!body.empty()) {
        headers.add("Content-Type", "application/json");
    }
    const Send send_once = [&](unsigned) {
        auto prepared = request(method, path);
        for (const auto& [name, value] : headers.lines()) {
            prepared.headers.add(name, value);
        }
        if (!body.empty()) {
            prepared.body = body;
        }
        return send(std::move(prepared));
    };
    co_return co_await exchange(std::move(what), send_once);
}

Task<Result<http::ClientResponse>> ApiClient::send(http::ClientRequest request,
                                                   http::BodySink sink) {
    const std::string url = request.url;
    auto response = co_await transport_.send(std::move(request), std::move(sink));
    const bool is_away =
        response ? is_outage(response->status) : judge(response.error()) == Judgement::outage;
    servers_.note(url, is_away);
    co_return response;
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
    if (auto known = co_await servers_.refresh(); !known) {
        const auto again = decide(judge(known.error()), successes_before, {});
        co_return Tried<Answer>{std::unexpected(std::move(known.error())), again};
    }
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
