#include "adapters/redis/client/log_in.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/redis/protocol/request.hpp"

namespace slipway::adapters::redis {

namespace {

std::optional<ServerAddress> read_address(const Reply& reply) {
    const auto* const both = reply.array();
    if (both == nullptr || both->size() != 2 || (*both)[0].bytes() == nullptr ||
        (*both)[1].bytes() == nullptr) {
        return std::nullopt;
    }
    const std::string& port = *(*both)[1].bytes();
    ServerAddress address{.host = *(*both)[0].bytes()};
    const auto* const end = port.data() + port.size();
    const auto [at, error] = std::from_chars(port.data(), end, address.port);
    const bool is_port = error == std::errc() && at == end && address.port != 0;
    return is_port && !address.host.empty() ? std::optional(address) : std::nullopt;
}

Task<Result<>> require_ok(std::shared_ptr<Link> link, std::string request,
                          std::chrono::milliseconds time) {
    const auto answer = co_await link->ask(std::move(request), time);
    co_return answer ? Result<>() : std::unexpected(answer.error());
}

// Where there is a password.
Task<Result<>> show(std::shared_ptr<Link> link, std::string password,
                    std::chrono::milliseconds time) {
    if (password.empty()) {
        co_return Result<>();
    }
    co_return co_await require_ok(std::move(link), write_request({"AUTH", password}), time);
}

Task<Result<ServerAddress>> ask_at(std::shared_ptr<Link> link, ServerAddress sentinel,
                                   const RedisOptions& options) {
    if (auto opened = co_await link->open(std::move(sentinel), options.connect); !opened) {
        co_return std::unexpected(std::move(opened.error()));
    }
    if (auto shown = co_await show(link, options.sentinel_password, options.connect); !shown) {
        co_return std::unexpected(std::move(shown.error()));
    }
    std::string question =
        write_request({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", options.master_name});
    const auto answer = co_await link->ask(std::move(question), options.connect);
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (auto address = read_address(*answer)) {
        co_return std::move(*address);
    }
    co_return slipway::failure(Errc::not_found,
                               "Redis: the sentinel knows no master called " + options.master_name);
}

Task<Result<ServerAddress>> ask_sentinel(ServerAddress sentinel, const RedisOptions& options) {
    const auto link =
        std::make_shared<Link>(co_await boost::asio::this_coro::executor, options.tls);
    auto master = co_await ask_at(link, std::move(sentinel), options);
    link->close();
    co_return master;
}

}  // namespace

Task<Result<ServerAddress>> find_master(RedisOptions& options) {
    Error last{Errc::not_found, "Redis: there is no sentinel to ask"};
    for (std::size_t index = 0; index < options.sentinels.size(); ++index) {
        auto master = co_await ask_sentinel(options.sentinels[index], options);
        if (master) {
            std::ranges::rotate(options.sentinels,
                                options.sentinels.begin() + static_cast<std::ptrdiff_t>(index));
            co_return master;
        }
        last = std::move(master.error());
    }
    co_return std::unexpected(std::move(last));
}

std::string read_info(std::string_view text, std::string_view name) {
    const std::string wanted = std::string(name) + ':';
    const auto at = text.starts_with(wanted) ? 0 : text.find("\n" + wanted);
    if (at == std::string_view::npos) {
        return {};
    }
    const auto from = text.find(':', at) + 1;
    return std::string(text.substr(from, text.find_first_of("\r\n", from) - from));
}

Task<Result<std::string>> log_in(std::shared_ptr<Link> link, const RedisOptions& options) {
    if (auto shown = co_await show(link, options.password, options.connect); !shown) {
        co_return std::unexpected(std::move(shown.error()));
    }
    std::string request = write_request({"SELECT", std::to_string(options.database)});
    if (auto chosen = co_await require_ok(link, std::move(request), options.connect); !chosen) {
        co_return std::unexpected(std::move(chosen.error()));
    }
    const auto role = co_await link->ask(write_request({"ROLE"}), options.connect);
    if (!role) {
        co_return std::unexpected(role.error());
    }
    const auto* const parts = role->array();
    if (parts == nullptr || parts->empty() || parts->front() != Reply{std::string("master")}) {
        co_return slipway::failure(Errc::unavailable, "Redis: the server is no master");
    }
    const auto info = co_await link->ask(write_request({"INFO", "server"}), options.connect);
    if (!info) {
        co_return std::unexpected(info.error());
    }
    std::string run_id = info->bytes() != nullptr ? read_info(*info->bytes(), "run_id") : "";
    if (run_id.empty()) {
        co_return slipway::failure(Errc::unavailable, "Redis: the server does not say which it is");
    }
    co_return run_id;
}

}  // namespace slipway::adapters::redis
