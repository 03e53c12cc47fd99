#include "cli/get/local_name.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "cli/text.hpp"
#include "http/message.hpp"

namespace slipway::cli {

namespace {

constexpr std::size_t kNameMax = 255;
constexpr std::string_view kPartSuffix = ".part";

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The first parameter, up to a semicolon outside of quotes; the text is advanced past it.
std::string_view take_parameter(std::string_view& text) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < text.size() && (quoted || text[end] != ';'); ++end) {
        if (text[end] == '\\' && quoted && end + 1 < text.size()) {
            ++end;
        } else if (text[end] == '"') {
            quoted = !quoted;
        }
    }
    const auto parameter = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return parameter;
}

std::string unquote(std::string_view value) {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') {
        return std::string(value);
    }
    std::string out;
    value = value.substr(1, value.size() - 2);
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) {
            ++i;
        }
        out += value[i];
    }
    return out;
}

// RFC 8187: charset'language'percent-encoded.
std::optional<std::string> decode_extended(std::string_view value) {
    const auto first = value.find('\'');
    const auto second = first == std::string_view::npos ? first : value.find('\'', first + 1);
    if (second == std::string_view::npos ||
        !http::equals_ignoring_case(value.substr(0, first), "UTF-8")) {
        return std::nullopt;
    }
    auto decoded = decode_percent(value.substr(second + 1));
    return decoded && is_utf8(*decoded) ? decoded : std::nullopt;
}

}  // namespace

std::optional<std::string> disposition_name(std::string_view field) {
    std::optional<std::string> plain;
    take_parameter(field);
    while (!field.empty()) {
        const auto parameter = take_parameter(field);
        const auto equals = parameter.find('=');
        if (equals == std::string_view::npos) {
            continue;
        }
        const auto name = trim(parameter.substr(0, equals));
        const auto value = trim(parameter.substr(equals + 1));
        if (http::equals_ignoring_case(name, "filename*")) {
            if (auto extended = decode_extended(value)) {
                return extended;
            }
        } else if (http::equals_ignoring_case(name, "filename")) {
            plain = unquote(value);
        }
    }
    return plain;
}

std::string local_name(std::string_view name) {
    std::string out = printable(name);
    // printable() leaves '?' for what must not be shown; it is a separator on no system, but a
    // wildcard in shells.
    std::ranges::replace_if(out, [](char c) { return c == '/' || c == '\\' || c == '?'; }, '_');
    while (out.size() > kNameMax || (!out.empty() && !is_utf8(out))) {
        out.pop_back();
    }
    if (out.empty() || out == "." || out == "..") {
        out = "download";
    }
    return out;
}

std::string part_path(const std::string& path, const std::string& id) {
    const auto slash = path.rfind('/');
    const auto name_begin = slash == std::string::npos ? 0 : slash + 1;
    if (path.size() - name_begin + kPartSuffix.size() <= kNameMax) {
        return path + std::string(kPartSuffix);
    }
    return path.substr(0, name_begin) + "slipway-" + id + std::string(kPartSuffix);
}

}  // namespace slipway::cli
