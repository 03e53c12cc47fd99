#include "adapters/consul/consul_client.hpp"

#include <charconv>
#include <utility>

#include "adapters/consul/messages.hpp"
#include "base/encoding.hpp"

namespace slipway::adapters::consul {

namespace {

// The longest wait that Consul takes is ten minutes; its sixteenth, and the way there and back.
constexpr std::chrono::milliseconds kLongestQuery{std::chrono::minutes(11)};
constexpr std::chrono::milliseconds kWay{5'000};
constexpr ByteCount kLongestAnswer = 16_MiB;
constexpr unsigned kNotFound = 404;

http::ClientOptions client_options(const ConsulOptions& options) {
    return {.max_idle_per_host = 4,
            .connect_timeout = options.timeout,
            // A query that waits sends nothing meanwhile; each call has its own limit.
            .stall_timeout = kLongestQuery,
            .total_timeout = options.timeout,
            .collect_limit = kLongestAnswer,
            .ca = options.ca};
}

std::uint64_t index_of(const http::Headers& headers) {
    const auto text = headers.find("X-Consul-Index").value_or("");
    std::uint64_t index = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    return error == std::errc{} && at == text.data() + text.size() ? index : 0;
}

// What Consul said, as far as it fits in a log.
std::string first_words(std::string_view text) {
    constexpr std::size_t kLongest = 200;
    std::string words;
    for (const char c : text.substr(0, kLongest)) {
        words.push_back(c >= 0x20 && c < 0x7f ? c : ' ');
    }
    words.resize(words.find_last_not_of(' ') + 1);
    return words;
}

}  // namespace

Error translate_status(unsigned status, std::string_view text) {
    const auto code_of = [status] {
        switch (status) {
            case 400:
            case 405:
                return Errc::invalid;
            case 401:
            case 403:
                return Errc::forbidden;
            case kNotFound:
                return Errc::not_found;
            case 429:
                return Errc::throttled;
            default:
                // "No cluster leader" is a 500.
                return status / 100 == 5 ? Errc::unavailable : Errc::invalid;
        }
    };
    return {code_of(), "Consul answered " + std::to_string(status) + " " + first_words(text)};
}

ConsulClient::ConsulClient(ConsulOptions options)
    : options_(std::move(options)), client_(client_options(options_)) {}

http::ClientRequest ConsulClient::request(http::Method method, const std::string& path) const {
    http::ClientRequest request;
    request.method = method;
    request.url = options_.address + path;
    request.headers.add("User-Agent", "slipway");
    if (!options_.token.empty()) {
        request.headers.add("X-Consul-Token", options_.token);
    }
    return request;
}

Task<Result<http::ClientResponse>> ConsulClient::send(http::Method method, std::string path,
                                                      std::string body) {
    auto prepared = request(method, path);
    if (!body.empty()) {
        prepared.headers.add("Content-Type", "application/json");
        prepared.body = std::move(body);
    }
    auto response = co_await client_.send(std::move(prepared));
    if (response && response->status / 100 != 2) {
        co_return std::unexpected(translate_status(response->status, response->body));
    }
    co_return response;
}

Task<Result<http::ClientResponse>> ConsulClient::query(std::string path, QueryPosition position) {
    if (position.index > 0) {
        path += path.contains('?') ? '&' : '?';
        path += "index=" + std::to_string(position.index) +
                "&wait=" + std::to_string(position.wait.count()) + "s";
    }
    auto prepared = request(http::Method::get, path);
    if (position.index > 0) {
        prepared.time_limit = position.wait + position.wait / 16 + options_.timeout + kWay;
    }
    co_return co_await client_.send(std::move(prepared));
}

Task<Result<>> ConsulClient::register_service(ServiceRegistration service, FirstStatus status) {
    const auto answer = co_await send(http::Method::put, "/v1/agent/service/register",
                                      write_registration(service, status));
    co_return answer ? Result<>() : std::unexpected(answer.error());
}

Task<Result<>> ConsulClient::deregister_service(std::string id) {
    const auto answer =
        co_await send(http::Method::put, "/v1/agent/service/deregister/" + encode_percent(id));
    if (!answer && answer.error().code != Errc::not_found) {
        co_return std::unexpected(answer.error());
    }
    co_return Result<>();
}

Task<Result<bool>> ConsulClient::knows_service(std::string id) {
    const auto answer = co_await send(http::Method::get, "/v1/agent/service/" + encode_percent(id));
    if (!answer && answer.error().code != Errc::not_found) {
        co_return std::unexpected(answer.error());
    }
    co_return answer.has_value();
}

Task<Result<Indexed<std::vector<ServiceInstance>>>> ConsulClient::passing(std::string service,
                                                                          QueryPosition position) {
    const auto answer =
        co_await query("/v1/health/service/" + encode_percent(service) + "?passing=true", position);
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (answer->status != 200) {
        co_return std::unexpected(translate_status(answer->status, answer->body));
    }
    auto instances = read_instances(answer->body);
    if (!instances) {
        co_return std::unexpected(instances.error());
    }
    co_return Indexed<std::vector<ServiceInstance>>{*std::move(instances),
                                                    index_of(answer->headers)};
}

Task<Result<Indexed<std::vector<KvEntry>>>> ConsulClient::read_tree(std::string prefix,
                                                                    QueryPosition position) {
    const auto answer =
        co_await query("/v1/kv/" + encode_percent(prefix) + "?recurse=true", position);
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (answer->status == kNotFound) {
        co_return Indexed<std::vector<KvEntry>>{{}, index_of(answer->headers)};
    }
    if (answer->status != 200) {
        co_return std::unexpected(translate_status(answer->status, answer->body));
    }
    auto entries = read_entries(answer->body);
    if (!entries) {
        co_return std::unexpected(entries.error());
    }
    co_return Indexed<std::vector<KvEntry>>{*std::move(entries), index_of(answer->headers)};
}

}  // namespace slipway::adapters::consul
