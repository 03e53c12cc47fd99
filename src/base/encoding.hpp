// Text forms of bytes: hexadecimal, base64 (RFC 4648 sections 4 and 5) and percent-encoding (RFC
// 3986). Decoders are strict: a non-canonical form is refused, so that one value has one text.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace slipway {

std::string encode_hex(std::span<const std::byte> bytes);
// False unless the text is exactly 2 * out.size() lower-case digits.
bool decode_hex(std::string_view text, std::span<std::byte> out);

// With padding, the standard alphabet.
std::string encode_base64(std::span<const std::byte> bytes);
// False unless the text is the canonical encoding of exactly out.size() bytes.
bool decode_base64(std::string_view text, std::span<std::byte> out);

// Without padding, the URL-safe alphabet.
std::string encode_base64url(std::span<const std::byte> bytes);
bool decode_base64url(std::string_view text, std::span<std::byte> out);

// Every byte outside the unreserved set becomes %XX.
std::string encode_percent(std::string_view text);
// Nothing for a broken escape or an encoded NUL.
std::optional<std::string> decode_percent(std::string_view text);

// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, at most U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace slipway
