#include "sigv4/canonical.hpp"

#include <algorithm>
#include <map>

#include "base/encoding.hpp"

namespace slipway::sigv4 {

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return out;
}

// Without the spaces around it, and with one space where there were several.
std::string trimmed(std::string_view value) {
    std::string out;
    for (const char c : value) {
        const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!space) {
            out.push_back(c);
        } else if (!out.empty() && out.back() != ' ') {
            out.push_back(' ');
        }
    }
    if (out.ends_with(' ')) {
        out.pop_back();
    }
    return out;
}

// One line for each name, in order of names; the values of a repeated name in their own order.
std::map<std::string, std::string> canonical_headers(const Fields& headers) {
    std::map<std::string, std::string> lines;
    for (const auto& [name, value] : headers) {
        const auto [line, is_new] = lines.try_emplace(lower(name));
        line->second.append(is_new ? "" : ",").append(trimmed(value));
    }
    return lines;
}

}  // namespace

std::string encode_path(std::string_view path) {
    std::string out;
    while (true) {
        const auto slash = path.find('/');
        out += encode_percent(path.substr(0, slash));
        if (slash == std::string_view::npos) {
            return out;
        }
        out += '/';
        path.remove_prefix(slash + 1);
    }
}

std::string canonical_query(const Fields& query) {
    Fields encoded;
    for (const auto& [name, value] : query) {
        encoded.emplace_back(encode_percent(name), encode_percent(value));
    }
    std::ranges::sort(encoded);
    std::string out;
    for (const auto& [name, value] : encoded) {
        out.append(out.empty() ? "" : "&").append(name).append("=").append(value);
    }
    return out;
}

CanonicalRequest canonicalise(const RequestToSign& request) {
    CanonicalRequest out;
    std::string lines;
    for (const auto& [name, value] : canonical_headers(request.headers)) {
        lines.append(name).append(":").append(value).append("\n");
        out.signed_headers.append(out.signed_headers.empty() ? "" : ";").append(name);
    }
    out.text = request.method + '\n' + encode_path(request.path) + '\n' +
               canonical_query(request.query) + '\n' + lines + '\n' + out.signed_headers + '\n' +
               request.payload_hash;
    return out;
}

}  // namespace slipway::sigv4
