#include "http/response_head.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <cstddef>

namespace slipway::http {

namespace {

bool is_value_character(char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f');
}

bool is_sendable(std::string_view name, std::string_view value) {
    return is_token(name) && std::ranges::all_of(value, is_value_character);
}

// Fields that only the connection knows: a handler's own would contradict them.
bool is_managed(std::string_view name) {
    constexpr std::array<std::string_view, 5> kManaged{"Content-Length", "Transfer-Encoding",
                                                       "Connection", "Date", "X-Request-Id"};
    return std::ranges::any_of(
        kManaged, [&](std::string_view managed) { return equals_ignoring_case(name, managed); });
}

void append_number(std::string& out, std::uint64_t value) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_status_line(std::string& out, unsigned status) {
    const auto reason =
        boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    out.append("HTTP/1.1 ");
    append_number(out, status);
    out.append(" ").append(reason.data(), reason.size()).append("\r\n");
}

}  // namespace

bool carries_body(unsigned status, Method method) {
    return method != Method::head && status != 204 && status != 304;
}

bool asks_to_close(const Response& response) {
    return equals_ignoring_case(response.headers.find("Connection").value_or(""), "close");
}

std::optional<std::string> format_head(const Response& response, const AnswerTerms& terms) {
    if (response.status < 200 || response.status > 599) {
        return std::nullopt;
    }
    std::string out;
    out.reserve(512);
    append_status_line(out, response.status);
    for (const auto& [name, value] : response.headers.lines()) {
        if (!is_sendable(name, value)) {
            return std::nullopt;
        }
        if (!is_managed(name)) {
            append_line(out, name, value);
        }
    }
    if (response.status != 204 && response.status != 304) {
        const bool stated = terms.method == Method::head && response.head_length;
        const ByteCount length = stated ? *response.head_length : length_of(response.body);
        out.append("Content-Length: ");
        append_number(out, length.value());
        out.append("\r\n");
    }
    append_line(out, "Date", terms.date);
    if (!terms.keep_alive) {
        append_line(out, "Connection", "close");
    } else if (terms.http10) {
        append_line(out, "Connection", "keep-alive");
    }
    append_line(out, "X-Request-Id", terms.request_id);
    out.append("\r\n");
    return out;
}

}  // namespace slipway::http
