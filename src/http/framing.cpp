#include "http/framing.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "http/authority.hpp"

namespace slipway::http {

namespace {

namespace beast_http = boost::beast::http;

using Outcome = std::variant<ParsedHead, HeadRefusal>;
using Parser = beast_http::request_parser<beast_http::empty_body>;

std::string_view view_of(boost::core::string_view text) {
    return {text.data(), text.size()};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// A request line that ends with HTTP-version (RFC 9112 section 2.3) in a version that is not
// served.
bool names_another_version(std::string_view text) {
    constexpr std::string_view kName = " HTTP/";
    const auto line = text.substr(0, text.find("\r\n"));
    constexpr std::size_t kSize = kName.size() + 3;
    if (line.size() < kSize || !line.substr(line.size() - kSize).starts_with(kName)) {
        return false;
    }
    const auto version = line.substr(line.size() - 3);
    return is_digit(version[0]) && version[1] == '.' && is_digit(version[2]) && version != "1.0" &&
           version != "1.1";
}

// One decimal number below 2^63; a list, a sign or a blank is none.
std::optional<std::uint64_t> parse_length(std::string_view text) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || text.front() == '-' || error != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(value);
}

bool lists_token(const Headers& headers, std::string_view name, std::string_view token) {
    for (const auto& [line_name, line] : headers.lines()) {
        if (!equals_ignoring_case(line_name, name)) {
            continue;
        }
        for (std::string_view rest = line; !rest.empty();) {
            const auto comma = rest.find(',');
            std::string_view item = rest.substr(0, comma);
            rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
            while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) {
                item.remove_prefix(1);
            }
            while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) {
                item.remove_suffix(1);
            }
            if (equals_ignoring_case(item, token)) {
                return true;
            }
        }
    }
    return false;
}

// RFC 9112 section 6: the ways in which requests are smuggled past a parser that is less strict.
std::optional<HeadRefusal> read_framing(ParsedHead& parsed) {
    const Headers& headers = parsed.head.headers;
    const auto encodings = headers.count("Transfer-Encoding");
    const auto lengths = headers.count("Content-Length");
    if (encodings > 1 || lengths > 1) {
        return HeadRefusal{400, "repeated Content-Length or Transfer-Encoding"};
    }
    if (encodings == 1) {
        if (parsed.http10) {
            return HeadRefusal{400, "Transfer-Encoding in an HTTP/1.0 request"};
        }
        if (lengths != 0) {
            return HeadRefusal{400, "both Content-Length and Transfer-Encoding"};
        }
        if (!equals_ignoring_case(*headers.find("Transfer-Encoding"), "chunked")) {
            return HeadRefusal{400, "a Transfer-Encoding other than chunked"};
        }
        parsed.framing.chunked = true;
    }
    if (lengths == 1) {
        const auto length = parse_length(*headers.find("Content-Length"));
        if (!length) {
            return HeadRefusal{400, "a Content-Length that is no number"};
        }
        parsed.framing.length = *length;
    }
    return std::nullopt;
}

std::optional<HeadRefusal> read_host(ParsedHead& parsed) {
    const auto hosts = parsed.head.headers.count("Host");
    if (hosts > 1 || (hosts == 0 && !parsed.http10)) {
        return HeadRefusal{400, "not exactly one Host"};
    }
    auto host = parse_authority(parsed.head.headers.find("Host").value_or(""));
    if (!host) {
        return HeadRefusal{400, "an invalid Host"};
    }
    parsed.head.host = *std::move(host);
    return std::nullopt;
}

std::optional<HeadRefusal> read_expectation(ParsedHead& parsed) {
    const auto expectations = parsed.head.headers.count("Expect");
    if (expectations == 0) {
        return std::nullopt;
    }
    if (expectations > 1 ||
        !equals_ignoring_case(*parsed.head.headers.find("Expect"), "100-continue")) {
        return HeadRefusal{417, "an expectation other than 100-continue"};
    }
    // RFC 9110 section 10.1.1: an HTTP/1.0 client cannot mean it.
    parsed.expects_continue = !parsed.http10;
    return std::nullopt;
}

// After the host. RFC 9112 section 3.2.2 has servers accept the absolute form too; it may name no
// other host than the field that proxies and signatures go by.
std::optional<HeadRefusal> read_target(ParsedHead& parsed, std::string_view text) {
    std::optional<Target> target;
    if (const auto absolute = split_absolute_target(text)) {
        if (absolute->authority.empty() ||
            parse_authority(absolute->authority) != parsed.head.host) {
            return HeadRefusal{400, "a request target for another host"};
        }
        target = parse_target(absolute->origin_form);
    } else {
        target = parse_target(text);
    }
    if (!target) {
        return HeadRefusal{400, "an invalid request target"};
    }
    parsed.head.target = *std::move(target);
    return std::nullopt;
}

Outcome interpret(const Parser& parser) {
    const auto& message = parser.get();
    ParsedHead parsed;
    parsed.head.method = parse_method(view_of(message.method_string()));
    parsed.http10 = message.version() == 10;
    for (const auto& field : message) {
        parsed.head.headers.add(view_of(field.name_string()), view_of(field.value()));
    }
    for (auto* const read : {read_host, read_framing, read_expectation}) {
        if (auto refusal = read(parsed)) {
            return *std::move(refusal);
        }
    }
    if (auto refusal = read_target(parsed, view_of(message.target()))) {
        return *std::move(refusal);
    }
    parsed.keep_alive = parsed.http10 ? lists_token(parsed.head.headers, "Connection", "keep-alive")
                                      : !lists_token(parsed.head.headers, "Connection", "close");
    return parsed;
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view bytes) {
    // Neither a TLS greeting nor any other protocol begins like a method.
    if (!bytes.empty() && (bytes.front() < 'A' || bytes.front() > 'Z')) {
        return State::broken;
    }
    while (true) {
        const auto newline = bytes.find('\n', scanned_);
        if (newline == std::string_view::npos) {
            scanned_ = bytes.size();
            return State::incomplete;
        }
        if (newline == 0 || bytes[newline - 1] != '\r') {
            return State::broken;
        }
        scanned_ = newline + 1;
        if (newline == line_begin_ + 1) {
            return State::complete;
        }
        line_begin_ = scanned_;
    }
}

std::variant<ParsedHead, HeadRefusal> parse_head(std::string_view text) {
    // Beast joins folded lines (RFC 9112 section 5.2) silently.
    if (text.contains("\r\n ") || text.contains("\r\n\t")) {
        return HeadRefusal{400, "a folded header line"};
    }
    if (names_another_version(text)) {
        return HeadRefusal{505, "a version of HTTP other than 1.1"};
    }
    Parser parser;
    parser.header_limit(std::numeric_limits<std::uint32_t>::max());
    parser.body_limit(boost::none);
    parser.skip(true);
    boost::beast::error_code error;
    const auto used = parser.put(boost::asio::buffer(text.data(), text.size()), error);
    if (error || !parser.is_header_done() || used != text.size()) {
        return HeadRefusal{400, "not an HTTP/1.1 request"};
    }
    return interpret(parser);
}

}  // namespace slipway::http
