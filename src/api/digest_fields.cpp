#include "api/digest_fields.hpp"

#include <algorithm>
#include <ranges>
#include <string_view>

#include "base/encoding.hpp"

namespace slipway::api {

namespace {

template <class Digest>
bool state(std::optional<Digest>& slot, std::string_view base64) {
    Digest digest;
    if (!decode_base64(base64, digest.bytes) || (slot && *slot != digest)) {
        return false;
    }
    slot = digest;
    return true;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_key(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.' || c == '*';
    });
}

bool state_by_key(StatedDigests& stated, std::string_view key, std::string_view base64) {
    if (key == "sha-256") {
        return state(stated.sha256, base64);
    }
    if (key == "md5") {
        return state(stated.md5, base64);
    }
    if (key == "crc32c") {
        return state(stated.crc32c, base64);
    }
    return true;
}

// A dictionary of byte sequences (RFC 8941): key=:base64:, separated by commas. Neither holds a
// comma itself.
// An empty one states nothing, which nobody means.
bool read_dictionary(StatedDigests& stated, std::string_view field) {
    if (field.empty()) {
        return false;
    }
    for (const auto member : field | std::views::split(',')) {
        const std::string_view text = trim(std::string_view(member.begin(), member.end()));
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos || !is_key(text.substr(0, equals))) {
            return false;
        }
        const std::string_view value = text.substr(equals + 1);
        if (value.size() < 2 || value.front() != ':' || value.back() != ':') {
            return false;
        }
        if (!state_by_key(stated, text.substr(0, equals), value.substr(1, value.size() - 2))) {
            return false;
        }
    }
    return true;
}

bool read_line(StatedDigests& stated, std::string_view name, std::string_view value) {
    if (http::equals_ignoring_case(name, "Content-MD5")) {
        return state(stated.md5, value);
    }
    if (http::equals_ignoring_case(name, "Content-Digest") ||
        http::equals_ignoring_case(name, "Repr-Digest")) {
        return read_dictionary(stated, value);
    }
    if (http::equals_ignoring_case(name, "x-checksum-sha256")) {
        return state(stated.sha256, value);
    }
    if (http::equals_ignoring_case(name, "x-checksum-crc32c")) {
        return state(stated.crc32c, value);
    }
    if (http::equals_ignoring_case(name, "x-checksum-crc64nvme")) {
        return state(stated.crc64nvme, value);
    }
    return true;
}

}  // namespace

std::expected<StatedDigests, std::string> stated_digests(const http::Headers& headers) {
    StatedDigests stated;
    for (const auto& [name, value] : headers.lines()) {
        if (!read_line(stated, name, trim(value))) {
            return std::unexpected(name);
        }
    }
    return stated;
}

}  // namespace slipway::api
