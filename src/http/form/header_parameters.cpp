#include "http/form/header_parameters.hpp"

#include <algorithm>

#include "http/message.hpp"

namespace slipway::http {

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

void skip_space(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
}

std::string_view take_while(std::string_view& text, bool (*wanted)(char)) {
    const auto end = std::ranges::find_if_not(text, wanted);
    const auto taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(taken.size());
    return taken;
}

// The rest of a quoted string, behind its first quote. Nothing where it has no end.
std::optional<std::string> take_quoted(std::string_view& text) {
    std::string out;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '"') {
            return out;
        }
        const bool escapes = c == '\\' && (text.starts_with('"') || text.starts_with('\\'));
        out.push_back(escapes ? text.front() : c);
        text.remove_prefix(escapes ? 1 : 0);
    }
    return std::nullopt;
}

std::optional<std::string> take_value(std::string_view& text) {
    if (text.starts_with('"')) {
        text.remove_prefix(1);
        return take_quoted(text);
    }
    const auto token = take_while(text, is_token_character);
    return token.empty() ? std::nullopt : std::optional<std::string>(token);
}

}  // namespace

std::optional<std::string_view> ParameterizedValue::parameter(std::string_view name) const {
    for (const auto& [parameter_name, parameter_value] : parameters) {
        if (parameter_name == name) {
            return parameter_value;
        }
    }
    return std::nullopt;
}

std::optional<ParameterizedValue> parse_parameterized(std::string_view text) {
    ParameterizedValue parsed;
    parsed.value =
        lower(take_while(text, [](char c) { return is_token_character(c) || c == '/'; }));
    if (parsed.value.empty()) {
        return std::nullopt;
    }
    while (true) {
        skip_space(text);
        if (text.empty()) {
            return parsed;
        }
        if (text.front() != ';') {
            return std::nullopt;
        }
        text.remove_prefix(1);
        skip_space(text);
        if (text.empty() || text.front() == ';') {
            continue;
        }
        std::string name = lower(take_while(text, is_token_character));
        if (name.empty() || !text.starts_with('=') || parsed.parameter(name)) {
            return std::nullopt;
        }
        text.remove_prefix(1);
        auto value = take_value(text);
        if (!value) {
            return std::nullopt;
        }
        parsed.parameters.emplace_back(std::move(name), *std::move(value));
    }
}

}  // namespace slipway::http
