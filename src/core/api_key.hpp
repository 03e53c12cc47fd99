// API keys as records, and what they allow: scopes, and the names of principals. Who may do what is
// decided in engine/access/; the key itself is kept nowhere, only its SHA-256.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace slipway::core {

// What a key may be used for. Nothing follows from another: a key for everything has all four.
enum class Scope : std::uint8_t {
    upload,  // create, send, watch, complete and abort uploads
    read,    // list and download files
    remove,  // delete files; "delete" in text
    admin,   // keys and quotas of everybody
};
inline constexpr std::array kAllScopes = {Scope::upload, Scope::read, Scope::remove, Scope::admin};

std::string_view to_string(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);

class Scopes {
 public:
    constexpr Scopes() = default;
    constexpr Scopes(std::initializer_list<Scope> scopes) {
        for (const Scope scope : scopes) {
            add(scope);
        }
    }
    static constexpr Scopes all() {
        return {Scope::upload, Scope::read, Scope::remove, Scope::admin};
    }
    // Nothing for a bit that is no scope.
    static std::optional<Scopes> from_bits(std::uint8_t bits);

    constexpr void add(Scope scope) { bits_ = static_cast<std::uint8_t>(bits_ | bit(scope)); }
    constexpr bool contains(Scope scope) const { return (bits_ & bit(scope)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    // Bit n is the nth of kAllScopes.
    constexpr std::uint8_t bits() const { return bits_; }
    friend constexpr bool operator==(Scopes, Scopes) = default;

 private:
    static constexpr unsigned bit(Scope scope) { return 1U << static_cast<unsigned>(scope); }
    std::uint8_t bits_ = 0;
};

inline constexpr std::size_t kMaxPrincipalName = 128;
// 1 to 128 of A-Z a-z 0-9 . _ @ + -, beginning with a letter or a digit: it stands in paths.
bool is_principal_name(std::string_view text);

// A text that is_principal_name accepts.
struct PrincipalName {
    std::string text;
    static std::optional<PrincipalName> parse(std::string_view text);
};

struct ApiKey {
    KeyId id;
    std::string principal;
    Scopes scopes;
    Sha256 digest;  // of the whole key as the client sends it
    WallTime created_at;
    std::optional<WallTime> expires_at;
    std::optional<WallTime> revoked_at;
    std::optional<WallTime> last_used_at;  // lags behind: engine/access/key_ring.hpp
    friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

// Neither revoked nor expired. At its expiry it is expired.
bool is_valid_at(const ApiKey& key, WallTime now);

// The key as the client sends it: "slw_", the id, "_", the secret in base64url.
inline constexpr std::size_t kKeySecretSize = 32;
std::string key_text(KeyId id, std::span<const std::byte, kKeySecretSize> secret);
// The id in a text that has the form of a key.
std::optional<KeyId> key_id_in(std::string_view text);

}  // namespace slipway::core
