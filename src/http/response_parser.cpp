#include "http/response_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <string>

namespace slipway::http {

namespace beast_http = boost::beast::http;

namespace {

constexpr std::size_t kInputSize = 64 << 10;
constexpr std::uint32_t kHeadLimit = 32 << 10;
// "0", two line ends: nothing that is left of a chunked body is shorter, and Beast asserts that it
// is given no less of the last chunk.
constexpr std::size_t kLeastOfChunked = 5;

Error broken(std::string_view why) {
    return Error{Errc::unavailable, "broken answer: " + std::string(why)};
}

}  // namespace

ResponseParser::ResponseParser()
    : input_(std::make_unique_for_overwrite<std::byte[]>(kInputSize)) {}

Result<std::span<std::byte>> ResponseParser::room() {
    if (begin_ > 0) {
        std::memmove(input_.get(), input_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == kInputSize) {
        return std::unexpected(broken("a head or chunk line without end"));
    }
    return std::span(input_.get(), kInputSize).subspan(end_);
}

void ResponseParser::commit(std::size_t count) {
    ended_ = count == 0;
    began_ = began_ || count > 0;
    end_ += count;
}

// need_more where too little is pending.
boost::system::error_code ResponseParser::put_pending() {
    boost::system::error_code error = beast_http::error::need_more;
    const bool in_chunks = parser_->is_header_done() && parser_->chunked();
    if (end_ - begin_ >= (in_chunks ? kLeastOfChunked : 1)) {
        begin_ += parser_->put(boost::asio::buffer(input_.get() + begin_, end_ - begin_), error);
    }
    return error;
}

void ResponseParser::begin_head(Method method) {
    parser_.emplace();
    parser_->header_limit(kHeadLimit);
    parser_->body_limit(boost::none);
    parser_->skip(method == Method::head);
}

Result<std::optional<unsigned>> ResponseParser::parse_head() {
    const auto error = put_pending();
    if (error && error != beast_http::error::need_more) {
        return std::unexpected(broken(error.message()));
    }
    if (parser_->is_header_done()) {
        return parser_->get().result_int();
    }
    if (ended_) {
        return failure(Errc::unavailable,
                       began_ ? "broken answer: it ends within its head"
                              : "the server closed the connection without an answer");
    }
    return std::nullopt;
}

Headers ResponseParser::headers() const {
    Headers headers;
    for (const auto& field : parser_->get()) {
        headers.add(field.name_string(), field.value());
    }
    return headers;
}

std::optional<std::uint64_t> ResponseParser::content_length() const {
    const auto length = parser_->content_length();
    return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

Result<std::optional<std::size_t>> ResponseParser::parse_body(std::span<std::byte> out) {
    auto& body = parser_->get().body();
    while (!parser_->is_done()) {
        body.data = out.data();
        body.size = out.size();
        auto error = put_pending();
        const std::size_t count = out.size() - body.size;
        if (count == 0 && ended_ && error == beast_http::error::need_more) {
            parser_->put_eof(error);
        }
        const bool wants_more = error == beast_http::error::need_more;
        if (error && !wants_more && error != beast_http::error::need_buffer) {
            return std::unexpected(broken(error.message()));
        }
        if (count > 0) {
            return count;
        }
        if (wants_more) {
            return std::nullopt;
        }
    }
    return std::size_t{0};
}

bool ResponseParser::is_reusable() const {
    return parser_ && parser_->is_done() && parser_->keep_alive() && !ended_ && begin_ == end_;
}

}  // namespace slipway::http
