#include "http/tls_channel.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <utility>

namespace slipway::http {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
// RFC 8446 section 5.1: the most that one record carries.
constexpr std::size_t kRecord = 16384;

}  // namespace

TlsChannel::TlsChannel(asio::ip::tcp::socket& socket, std::shared_ptr<TlsContext> context)
    : stream_(socket, context->context()),
      context_(std::move(context)),
      change_(socket.get_executor(), asio::steady_timer::time_point::max()) {}

Task<Result<>> TlsChannel::handshake(std::string host) {
    if (auto expected = expect_host(stream_.native_handle(), host); !expected) {
        co_return expected;
    }
    const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::client, kTuple);
    if (error) {
        co_return std::unexpected(handshake_error(stream_.native_handle(), host, error));
    }
    co_return Result<>();
}

Task<void> TlsChannel::wait_for_change() {
    co_await change_.async_wait(kTuple);
}

void TlsChannel::look_out(std::shared_ptr<void> owner) {
    if (reading_ahead_ || came()) {
        return;
    }
    reading_ahead_ = true;
    ahead_.resize(kRecord);
    stream_.async_read_some(
        asio::buffer(ahead_.data(), ahead_.size()),
        [this, owner = std::move(owner)](boost::system::error_code error, std::size_t count) {
            reading_ahead_ = false;
            ahead_begin_ = 0;
            ahead_end_ = count;
            ahead_error_ = error;
            change_.cancel();
        });
}

Task<Moved> TlsChannel::read_some(std::span<std::byte> out) {
    while (reading_ahead_) {
        co_await wait_for_change();
    }
    if (const std::size_t kept = std::min(ahead_end_ - ahead_begin_, out.size()); kept > 0) {
        std::memcpy(out.data(), ahead_.data() + ahead_begin_, kept);
        ahead_begin_ += kept;
        co_return Moved{{}, kept};
    }
    if (ahead_error_) {
        co_return Moved{ahead_error_, 0};
    }
    const auto [error, count] =
        co_await stream_.async_read_some(asio::buffer(out.data(), out.size()), kTuple);
    co_return Moved{error, count};
}

void TlsChannel::begin_write(std::span<const std::byte> bytes, std::shared_ptr<void> owner) {
    sending_.assign(bytes.begin(),
                    bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), kRecord)));
    writing_ = true;
    written_ = false;
    stream_.async_write_some(
        asio::buffer(sending_.data(), sending_.size()),
        [this, owner = std::move(owner)](boost::system::error_code error, std::size_t count) {
            sent_ = {error, count};
            written_ = true;
            change_.cancel();
        });
}

Task<Moved> TlsChannel::write_some(std::span<const std::byte> bytes, std::shared_ptr<void> owner) {
    if (!writing_) {
        if (came()) {
            co_return Moved{};
        }
        begin_write(bytes, std::move(owner));
    }
    while (!written_ && !came()) {
        co_await wait_for_change();
    }
    if (!written_) {
        co_return Moved{};
    }
    writing_ = false;
    co_return sent_;
}

}  // namespace slipway::http
