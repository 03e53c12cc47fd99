// Request heads: where one ends does not depend on how it arrives, and an accepted one, written
// again in its plainest form, is read as the same request.
#include <string>
#include <variant>

#include "fuzz/require.hpp"
#include "http/framing.hpp"

namespace {

using namespace slipway;
using http::HeadScanner;

struct Scanned {
    HeadScanner::State state;
    std::size_t size;
    friend bool operator==(const Scanned&, const Scanned&) = default;
};

Scanned scan_in_pieces(std::string_view text, std::size_t piece) {
    HeadScanner scanner;
    auto state = HeadScanner::State::incomplete;
    for (std::size_t at = 0; at < text.size() && state == HeadScanner::State::incomplete;) {
        at = std::min(at + piece, text.size());
        state = scanner.scan(text.substr(0, at));
    }
    return {state, state == HeadScanner::State::complete ? scanner.size() : 0};
}

std::string written_again(const http::ParsedHead& parsed, std::string_view text) {
    const auto target_begin = text.find(' ') + 1;
    const auto target = text.substr(target_begin, text.find(' ', target_begin) - target_begin);
    std::string again(text.substr(0, target_begin));
    again.append(target).append(parsed.http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    for (const auto& [name, value] : parsed.head.headers.lines()) {
        again.append(name).append(":").append(value).append("\r\n");
    }
    return again + "\r\n";
}

void check(const http::ParsedHead& parsed, std::string_view text) {
    const auto& headers = parsed.head.headers;
    fuzz::require(!parsed.framing.chunked || parsed.framing.length == 0, "one framing");
    fuzz::require(headers.count("Host") == 1 || parsed.http10, "one host");
    fuzz::require(headers.count("Content-Length") + headers.count("Transfer-Encoding") <= 1,
                  "one field of framing");
    fuzz::require(parsed.framing.chunked == (headers.count("Transfer-Encoding") == 1), "chunked");
    fuzz::require(!parsed.head.target.segments.empty() || parsed.head.target.path == "/", "a path");
    for (const auto& [name, value] : headers.lines()) {
        fuzz::require(http::is_token(name), "names are tokens");
        fuzz::require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
                      "values are lines");
    }
    const auto again = http::parse_head(written_again(parsed, text));
    const auto* same = std::get_if<http::ParsedHead>(&again);
    fuzz::require(same != nullptr, "what was read can be read again");
    fuzz::require(same->head.method == parsed.head.method && same->head.host == parsed.head.host &&
                      same->head.target.segments == parsed.head.target.segments &&
                      same->head.target.query == parsed.head.target.query &&
                      same->head.headers.lines() == headers.lines() &&
                      same->framing.length == parsed.framing.length &&
                      same->framing.chunked == parsed.framing.chunked &&
                      same->keep_alive == parsed.keep_alive &&
                      same->expects_continue == parsed.expects_continue,
                  "and is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto text = fuzz::text_of(data, size);
    const auto whole = scan_in_pieces(text, std::max<std::size_t>(size, 1));
    fuzz::require(scan_in_pieces(text, 1) == whole, "a head ends where it ends");
    fuzz::require(scan_in_pieces(text, 1 + size % 7) == whole, "a head ends where it ends");
    if (whole.state == HeadScanner::State::complete) {
        text = text.substr(0, whole.size);
        const auto outcome = http::parse_head(text);
        if (const auto* parsed = std::get_if<http::ParsedHead>(&outcome)) {
            check(*parsed, text);
        }
    }
    return 0;
}
