#include "http/response_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <string>

namespace slipway::http {

namespace beast_http = boost::beast::http;

namespace {

constexpr std::size_t kInputSize = 64 << 10;
constexpr std::uint32_t kHeadLimit = 32 << 10;

}  // namespace

ResponseReader::ResponseReader(ClientConnection& connection)
    : connection_(connection), input_(std::make_unique_for_overwrite<std::byte[]>(kInputSize)) {}

std::span<const std::byte> ResponseReader::pending() const {
    return std::span(input_.get(), kInputSize).subspan(begin_, end_ - begin_);
}

Error ResponseReader::broken(const boost::system::error_code& code) const {
    return Error{Errc::unavailable, "broken answer: " + code.message()};
}

Task<Result<>> ResponseReader::feed_more() {
    if (begin_ > 0) {
        std::memmove(input_.get(), input_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == kInputSize) {
        co_return failure(Errc::unavailable, "broken answer: a head or chunk line without end");
    }
    const auto count =
        co_await connection_.read_some(std::span(input_.get(), kInputSize).subspan(end_));
    if (!count) {
        co_return std::unexpected(count.error());
    }
    ended_ = *count == 0;
    began_ = began_ || *count > 0;
    end_ += *count;
    co_return Result<>{};
}

Task<Result<unsigned>> ResponseReader::read_head(Method method) {
    parser_.emplace();
    parser_->header_limit(kHeadLimit);
    parser_->body_limit(boost::none);
    parser_->skip(method == Method::head);
    while (!parser_->is_header_done()) {
        boost::system::error_code error = beast_http::error::need_more;
        if (begin_ < end_) {
            const auto bytes = pending();
            begin_ += parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
        }
        if (error == beast_http::error::need_more) {
            if (const auto fed = co_await feed_more(); !fed) {
                co_return std::unexpected(fed.error());
            }
            if (ended_) {
                co_return failure(Errc::unavailable,
                                  began_ ? "broken answer: it ends within its head"
                                         : "the server closed the connection without an answer");
            }
        } else if (error) {
            co_return std::unexpected(broken(error));
        }
    }
    co_return parser_->get().result_int();
}

Headers ResponseReader::headers() const {
    Headers headers;
    for (const auto& field : parser_->get()) {
        headers.add(field.name_string(), field.value());
    }
    return headers;
}

std::optional<std::uint64_t> ResponseReader::content_length() const {
    const auto length = parser_->content_length();
    return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

Task<Result<std::size_t>> ResponseReader::read_body(std::span<std::byte> out) {
    auto& body = parser_->get().body();
    while (!parser_->is_done()) {
        body.data = out.data();
        body.size = out.size();
        boost::system::error_code error = beast_http::error::need_more;
        if (begin_ < end_) {
            const auto bytes = pending();
            begin_ += parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
        } else if (ended_) {
            parser_->put_eof(error);
        }
        const std::size_t count = out.size() - body.size;
        const bool goes_on = !error || error == beast_http::error::need_more ||
                             error == beast_http::error::need_buffer;
        if (!goes_on) {
            co_return std::unexpected(broken(error));
        }
        if (count > 0) {
            co_return count;
        }
        if (error == beast_http::error::need_more) {
            if (const auto fed = co_await feed_more(); !fed) {
                co_return std::unexpected(fed.error());
            }
        }
    }
    co_return std::size_t{0};
}

bool ResponseReader::is_reusable() const {
    return parser_ && parser_->is_done() && parser_->keep_alive() && !ended_ && begin_ == end_;
}

}  // namespace slipway::http
