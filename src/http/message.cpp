#include "http/message.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"

namespace slipway::http {

namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods{{
    {Method::get, "GET"},
    {Method::head, "HEAD"},
    {Method::post, "POST"},
    {Method::put, "PUT"},
    {Method::delete_, "DELETE"},
    {Method::options, "OPTIONS"},
    {Method::patch, "PATCH"},
}};

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Percent-decodes; nothing for a broken escape, an encoded NUL or text that is not UTF-8.
std::optional<std::string> decode_text(std::string_view text) {
    auto decoded = decode_percent(text);
    if (decoded && !is_utf8(*decoded)) {
        return std::nullopt;
    }
    return decoded;
}

// "/a/b" without its first slash; "" has no segments.
std::optional<std::vector<std::string>> decode_segments(std::string_view path) {
    std::vector<std::string> segments;
    bool more = !path.empty();
    while (more) {
        const auto slash = path.find('/');
        more = slash != std::string_view::npos;
        auto segment = decode_text(path.substr(0, slash));
        if (!segment || *segment == "." || *segment == ".." || segment->contains('/')) {
            return std::nullopt;
        }
        segments.push_back(*std::move(segment));
        path.remove_prefix(more ? slash + 1 : path.size());
    }
    return segments;
}

std::optional<std::vector<std::pair<std::string, std::string>>> decode_query(
    std::string_view query) {
    std::vector<std::pair<std::string, std::string>> parameters;
    while (!query.empty()) {
        const auto ampersand = query.find('&');
        const auto pair = query.substr(0, ampersand);
        query.remove_prefix(ampersand == std::string_view::npos ? query.size() : ampersand + 1);
        if (pair.empty()) {
            continue;
        }
        const auto equals = pair.find('=');
        auto name = decode_text(pair.substr(0, equals));
        auto value = decode_text(equals == std::string_view::npos ? std::string_view{}
                                                                  : pair.substr(equals + 1));
        if (!name || !value) {
            return std::nullopt;
        }
        parameters.emplace_back(*std::move(name), *std::move(value));
    }
    return parameters;
}

}  // namespace

std::string_view to_string(Method method) {
    const auto* const found =
        std::ranges::find(kMethods, method, &decltype(kMethods)::value_type::first);
    return found == kMethods.end() ? "OTHER" : found->second;
}

Method parse_method(std::string_view text) {
    const auto* const found =
        std::ranges::find(kMethods, text, &decltype(kMethods)::value_type::second);
    return found == kMethods.end() ? Method::other : found->first;
}

bool is_token_character(char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_token_character);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

void Headers::set(std::string_view name, std::string_view value) {
    // Built before lines are erased: both arguments may point into them.
    std::pair<std::string, std::string> line(name, value);
    std::erase_if(lines_,
                  [&](const auto& old) { return equals_ignoring_case(old.first, line.first); });
    lines_.push_back(std::move(line));
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (const auto& [line_name, value] : lines_) {
        if (equals_ignoring_case(line_name, name)) {
            return value;
        }
    }
    return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        lines_, [&](const auto& line) { return equals_ignoring_case(line.first, name); }));
}

std::optional<std::string_view> Target::parameter(std::string_view name) const {
    std::optional<std::string_view> found;
    for (const auto& [key, value] : query) {
        if (key != name) {
            continue;
        }
        if (found) {
            return std::nullopt;
        }
        found = value;
    }
    return found;
}

std::optional<Target> parse_target(std::string_view text) {
    const bool visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
    if (text.empty() || text.front() != '/' || !visible || text.contains('#')) {
        return std::nullopt;
    }
    const auto question = text.find('?');
    const auto path = text.substr(0, question);
    auto segments = decode_segments(path.substr(1));
    auto query = decode_query(question == std::string_view::npos ? std::string_view{}
                                                                 : text.substr(question + 1));
    if (!segments || !query) {
        return std::nullopt;
    }
    return Target{std::string(path), *std::move(segments), *std::move(query)};
}

}  // namespace slipway::http
