// The calls of ConsulClient that are about sessions and the locks that they hold.
#include <utility>

#include "adapters/consul/consul_client.hpp"
#include "adapters/consul/messages.hpp"
#include "base/encoding.hpp"

namespace slipway::adapters::consul {

Task<Result<std::string>> ConsulClient::create_session(SessionRequest session) {
    const auto answer =
        co_await send(http::Method::put, "/v1/session/create", write_session(session));
    co_return answer ? read_session_id(answer->body) : std::unexpected(answer.error());
}

Task<Result<bool>> ConsulClient::renew_session(std::string id) {
    const auto answer = co_await send(http::Method::put, "/v1/session/renew/" + encode_percent(id));
    if (!answer && answer.error().code != Errc::not_found) {
        co_return std::unexpected(answer.error());
    }
    co_return answer.has_value();
}

Task<Result<>> ConsulClient::destroy_session(std::string id) {
    const auto answer =
        co_await send(http::Method::put, "/v1/session/destroy/" + encode_percent(id));
    co_return answer ? Result<>() : std::unexpected(answer.error());
}

Task<Result<bool>> ConsulClient::acquire(std::string key, std::string session, std::string value) {
    const auto answer = co_await send(
        http::Method::put, "/v1/kv/" + encode_percent(key) + "?acquire=" + encode_percent(session),
        std::move(value));
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    co_return answer->body.starts_with("true");
}

Task<Result<KvLock>> ConsulClient::read_lock(std::string key) {
    const auto answer =
        co_await send(http::Method::get, "/v1/kv/" + encode_percent(key) + "?consistent=true");
    if (!answer && answer.error().code == Errc::not_found) {
        co_return KvLock{};
    }
    co_return answer ? consul::read_lock(answer->body) : std::unexpected(answer.error());
}

}  // namespace slipway::adapters::consul
