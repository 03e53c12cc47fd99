#include "adapters/redis/client/link.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "adapters/redis/client/redis_error.hpp"

namespace slipway::adapters::redis {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

}  // namespace

Task<Result<>> Link::open(ServerAddress address, std::chrono::milliseconds time) {
    const auto self = shared_from_this();
    begin_deadline(time);
    asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
    auto [unresolved, found] =
        co_await resolver.async_resolve(address.host, std::to_string(address.port), kAwait);
    error_code failed = unresolved;
    if (!failed && timed_out_) {
        failed = asio::error::timed_out;
    }
    if (!failed) {
        std::tie(failed, std::ignore) = co_await asio::async_connect(socket_, found, kAwait);
    }
    end_deadline();
    if (failed) {
        co_return fail(failed);
    }
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    co_return Result<>();
}

Task<Result<Reply>> Link::ask(std::string request, std::chrono::milliseconds time) {
    const auto self = shared_from_this();
    begin_deadline(time);
    auto [failed, written] = co_await asio::async_write(socket_, asio::buffer(request), kAwait);
    if (failed) {
        end_deadline();
        co_return fail(failed);
    }
    auto reply = co_await next_reply();
    end_deadline();
    if (reply && reply->failure() != nullptr) {
        co_return std::unexpected(translate_failure(reply->failure()->text));
    }
    co_return reply;
}

Task<Result<Reply>> Link::next_reply() {
    for (;;) {
        auto reply = parser_.next();
        if (!reply) {
            co_return std::unexpected(std::move(reply.error()));
        }
        if (*reply) {
            co_return std::move(**reply);
        }
        if (auto read = co_await read_some(); !read) {
            co_return std::unexpected(std::move(read.error()));
        }
    }
}

Task<Result<>> Link::read_some() {
    auto [failed, size] = co_await socket_.async_read_some(asio::buffer(chunk_), kAwait);
    if (failed) {
        co_return fail(failed);
    }
    parser_.feed(std::string_view(chunk_.data(), size));
    co_return Result<>();
}

void Link::close() {
    error_code ignored;
    socket_.close(ignored);
}

void Link::give_up() {
    timed_out_ = true;
    close();
}

void Link::begin_deadline(std::chrono::milliseconds time) {
    const auto number = ++operation_;
    deadline_.expires_after(time);
    deadline_.async_wait([weak = weak_from_this(), number](const error_code& error) {
        const auto link = error ? nullptr : weak.lock();
        if (link && link->operation_ == number) {
            link->give_up();
        }
    });
}

void Link::end_deadline() {
    ++operation_;
    deadline_.cancel();
}

std::unexpected<Error> Link::fail(const error_code& code) const {
    return timed_out_ ? slipway::failure(Errc::deadline_exceeded, "Redis: no answer in time")
                      : slipway::failure(Errc::unavailable, "Redis: " + code.message());
}

}  // namespace slipway::adapters::redis
