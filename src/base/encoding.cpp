#include "base/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace slipway {

namespace {

constexpr std::string_view kLowerHex = "0123456789abcdef";
constexpr std::string_view kUpperHex = "0123456789ABCDEF";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum class Padding { none, required };

unsigned to_unsigned(std::byte value) {
    return std::to_integer<unsigned>(value);
}

std::string encode_64(std::span<const std::byte> bytes, std::string_view alphabet,
                      Padding padding) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = (group << 8U) | (k < count ? to_unsigned(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k <= count; ++k) {
            out.push_back(alphabet[(group >> (18U - 6U * k)) & 0x3fU]);
        }
        if (padding == Padding::required) {
            out.append(3 - count, '=');
        }
    }
    return out;
}

bool decode_64(std::string_view text, std::span<std::byte> out, std::string_view alphabet,
               Padding padding) {
    std::uint32_t group = 0;
    unsigned bits = 0;
    std::size_t at = 0;
    for (const char c : text.substr(0, text.find('='))) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) {
            return false;
        }
        group = (group << 6U) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            if (at == out.size()) {
                return false;
            }
            out[at++] = static_cast<std::byte>((group >> bits) & 0xffU);
        }
    }
    // Comparing with the one canonical text also checks the padding and the unused low bits.
    return at == out.size() && encode_64(out, alphabet, padding) == text;
}

int hex_value(char c, std::string_view digits) {
    const std::size_t at = digits.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string encode_hex(std::span<const std::byte> bytes) {
    std::string out;
    out.reserve(2 * bytes.size());
    for (const std::byte byte : bytes) {
        out.push_back(kLowerHex[to_unsigned(byte) >> 4U]);
        out.push_back(kLowerHex[to_unsigned(byte) & 0xfU]);
    }
    return out;
}

bool decode_hex(std::string_view text, std::span<std::byte> out) {
    if (text.size() != 2 * out.size()) {
        return false;
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int high = hex_value(text[2 * i], kLowerHex);
        const int low = hex_value(text[2 * i + 1], kLowerHex);
        if (high < 0 || low < 0) {
            return false;
        }
        out[i] = static_cast<std::byte>(high * 16 + low);
    }
    return true;
}

std::string encode_base64(std::span<const std::byte> bytes) {
    return encode_64(bytes, kBase64, Padding::required);
}

bool decode_base64(std::string_view text, std::span<std::byte> out) {
    return decode_64(text, out, kBase64, Padding::required);
}

std::string encode_base64url(std::span<const std::byte> bytes) {
    return encode_64(bytes, kBase64Url, Padding::none);
}

bool decode_base64url(std::string_view text, std::span<std::byte> out) {
    return decode_64(text, out, kBase64Url, Padding::none);
}

std::string encode_percent(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c)) {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.push_back('%');
        out.push_back(kUpperHex[byte >> 4U]);
        out.push_back(kUpperHex[byte & 0xfU]);
    }
    return out;
}

std::optional<std::string> decode_percent(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        if (i + 2 >= text.size()) {
            return std::nullopt;
        }
        const auto digit = [&](std::size_t at) {
            const int lower = hex_value(text[at], kLowerHex);
            return lower >= 0 ? lower : hex_value(text[at], kUpperHex);
        };
        const int high = digit(i + 1);
        const int low = digit(i + 2);
        if (high < 0 || low < 0 || (high == 0 && low == 0)) {
            return std::nullopt;
        }
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return out;
}

namespace {

struct Utf8Lead {
    std::size_t continuation_bytes;
    std::uint32_t bits;
    std::uint32_t smallest;
};

std::optional<Utf8Lead> utf8_lead(unsigned char c) {
    if (c < 0x80) {
        return Utf8Lead{0, c, 0};
    }
    if ((c & 0xe0U) == 0xc0U) {
        return Utf8Lead{1, c & 0x1fU, 0x80};
    }
    if ((c & 0xf0U) == 0xe0U) {
        return Utf8Lead{2, c & 0x0fU, 0x800};
    }
    if ((c & 0xf8U) == 0xf0U) {
        return Utf8Lead{3, c & 0x07U, 0x10000};
    }
    return std::nullopt;
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = utf8_lead(static_cast<unsigned char>(text[i]));
        if (!lead || lead->continuation_bytes >= text.size() - i) {
            return false;
        }
        std::uint32_t code_point = lead->bits;
        for (std::size_t k = 1; k <= lead->continuation_bytes; ++k) {
            const auto c = static_cast<unsigned char>(text[i + k]);
            if ((c & 0xc0U) != 0x80U) {
                return false;
            }
            code_point = (code_point << 6U) | (c & 0x3fU);
        }
        const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
        if (code_point < lead->smallest || code_point > 0x10ffff || surrogate) {
            return false;
        }
        i += lead->continuation_bytes + 1;
    }
    return true;
}

}  // namespace slipway
