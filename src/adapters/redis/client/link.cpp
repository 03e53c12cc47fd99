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

Link::Link(const asio::any_io_executor& executor, std::shared_ptr<http::TlsContext> trust)
    : socket_(executor), trust_(std::move(trust)), deadline_(executor) {
    if (trust_) {
        tls_.emplace(socket_, trust_->context());
    }
}

Task<Result<>> Link::open(ServerAddress address, std::chrono::milliseconds time) {
    const auto self = shared_from_this();
    begin_deadline(time);
    auto opened = co_await connect(std::move(address));
    end_deadline();
    co_return opened;
}

Task<Result<>> Link::connect(ServerAddress address) {
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
    if (failed) {
        co_return fail(failed);
    }
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (!tls_) {
        co_return Result<>();
    }
    if (auto expected = http::expect_host(tls_->native_handle(), address.host); !expected) {
        co_return expected;
    }
    std::tie(failed) = co_await tls_->async_handshake(asio::ssl::stream_base::client, kAwait);
    if (failed && !timed_out_) {
        Error error = http::handshake_error(tls_->native_handle(), address.host, failed);
        co_return slipway::failure(error.code, "Redis: " + error.detail);
    }
    co_return failed ? fail(failed) : Result<>();
}

Task<Result<Reply>> Link::ask(std::string request, std::chrono::milliseconds time) {
    const auto self = shared_from_this();
    begin_deadline(time);
    const auto bytes = asio::buffer(request);
    auto [failed, written] = tls_ ? co_await asio::async_write(*tls_, bytes, kAwait)
                                  : co_await asio::async_write(socket_, bytes, kAwait);
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
    const auto room = asio::buffer(chunk_);
    auto [failed, size] = tls_ ? co_await tls_->async_read_some(room, kAwait)
                               : co_await socket_.async_read_some(room, kAwait);
    if (failed) {
        co_return fail(failed);
    }
    parser_.feed(std::string_view(chunk_.data(), size));
    co_return Result<>();
}

void Link::begin_write(std::string_view bytes, std::function<void()> then) {
    auto written = [self = shared_from_this(), then = std::move(then)](const error_code& failed,
                                                                       std::size_t) {
        if (failed) {
            self->close();
        }
        then();
    };
    const auto all = asio::buffer(bytes);
    tls_ ? asio::async_write(*tls_, all, std::move(written))
         : asio::async_write(socket_, all, std::move(written));
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
