#include "core/api_key.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace slipway::core {
namespace {

constexpr std::string_view kPrefix = "slw_";
constexpr std::size_t kIdSize = 2 * KeyId::kSize;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string_view to_string(Scope scope) {
    switch (scope) {
        case Scope::upload:
            return "upload";
        case Scope::read:
            return "read";
        case Scope::remove:
            return "delete";
        case Scope::admin:
            return "admin";
    }
    return "";
}

std::optional<Scope> parse_scope(std::string_view text) {
    const auto* const found =
        std::ranges::find(kAllScopes, text, [](Scope s) { return to_string(s); });
    return found == kAllScopes.end() ? std::nullopt : std::optional(*found);
}

std::optional<Scopes> Scopes::from_bits(std::uint8_t bits) {
    if ((bits & ~unsigned{all().bits()}) != 0) {
        return std::nullopt;
    }
    Scopes scopes;
    scopes.bits_ = bits;
    return scopes;
}

bool is_principal_name(std::string_view text) {
    return !text.empty() && text.size() <= kMaxPrincipalName && is_letter_or_digit(text.front()) &&
           std::ranges::all_of(text, [](char c) {
               return is_letter_or_digit(c) || std::string_view("._@+-").contains(c);
           });
}

std::optional<PrincipalName> PrincipalName::parse(std::string_view text) {
    return is_principal_name(text) ? std::optional(PrincipalName{std::string(text)}) : std::nullopt;
}

bool is_valid_at(const ApiKey& key, WallTime now) {
    return !key.revoked_at && (!key.expires_at || now < *key.expires_at);
}

std::string key_text(KeyId id, std::span<const std::byte, kKeySecretSize> secret) {
    return std::string(kPrefix) + id.to_string() + "_" + encode_base64url(secret);
}

std::optional<KeyId> key_id_in(std::string_view text) {
    std::array<std::byte, kKeySecretSize> secret{};
    if (!text.starts_with(kPrefix) || text.size() <= kPrefix.size() + kIdSize ||
        text[kPrefix.size() + kIdSize] != '_' ||
        !decode_base64url(text.substr(kPrefix.size() + kIdSize + 1), secret)) {
        return std::nullopt;
    }
    return KeyId::parse(text.substr(kPrefix.size(), kIdSize));
}

}  // namespace slipway::core
