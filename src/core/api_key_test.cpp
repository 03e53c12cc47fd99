#include "core/api_key.hpp"

#include <gtest/gtest.h>

namespace slipway::core {
namespace {

constexpr std::string_view kId = "000102030405060708090a0b0c0d0e0f";

TEST(Scopes, EachHasAName) {
    for (const Scope scope : kAllScopes) {
        EXPECT_EQ(parse_scope(to_string(scope)), scope);
    }
    EXPECT_EQ(parse_scope("delete"), Scope::remove);
    for (const std::string_view text : {"", "Read", "remove", "reads", "admin "}) {
        EXPECT_FALSE(parse_scope(text)) << text;
    }
}

TEST(Scopes, HoldWhatWasAddedAndNothingElse) {
    EXPECT_TRUE(Scopes().empty());
    for (const Scope scope : kAllScopes) {
        EXPECT_FALSE(Scopes().contains(scope));
        EXPECT_TRUE(Scopes::all().contains(scope));
        const Scopes one{scope};
        for (const Scope other : kAllScopes) {
            EXPECT_EQ(one.contains(other), scope == other);
        }
        EXPECT_EQ(Scopes::from_bits(one.bits()), one);
    }
    EXPECT_EQ(Scopes::all().bits(), 0b1111);
    EXPECT_FALSE(Scopes::from_bits(0b1'0000));
}

TEST(PrincipalName, IsShortAndFitForAPath) {
    for (const std::string_view name : {"a", "0", "build-server", "a.b_c@d+e-f", "Alice"}) {
        EXPECT_TRUE(is_principal_name(name)) << name;
    }
    EXPECT_TRUE(is_principal_name(std::string(kMaxPrincipalName, 'a')));
    EXPECT_FALSE(is_principal_name(std::string(kMaxPrincipalName + 1, 'a')));
    for (const std::string_view name :
         {"", ".", "..", "-a", "@a", "a b", "a/b", "a\n", "\xC3\xA9"}) {
        EXPECT_FALSE(is_principal_name(name)) << name;
    }
}

TEST(ApiKey, IsValidUntilItIsRevokedOrExpires) {
    ApiKey key;
    const WallTime now = from_unix_millis(1000);
    EXPECT_TRUE(is_valid_at(key, now));
    key.expires_at = from_unix_millis(1001);
    EXPECT_TRUE(is_valid_at(key, now));
    key.expires_at = now;
    EXPECT_FALSE(is_valid_at(key, now));
    key.expires_at.reset();
    key.revoked_at = from_unix_millis(5000);
    EXPECT_FALSE(is_valid_at(key, now));
}

TEST(ApiKey, ItsTextNamesItsId) {
    const std::array<std::byte, kKeySecretSize> secret{std::byte{0xFF}};
    const auto id = *KeyId::parse(kId);
    const std::string text = key_text(id, secret);
    EXPECT_EQ(text, "slw_" + std::string(kId) + "__wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    EXPECT_EQ(key_id_in(text), id);
}

TEST(ApiKey, TextOfAnotherFormNamesNone) {
    const std::string secret(43, 'A');
    const std::string id(kId);
    EXPECT_TRUE(key_id_in("slw_" + id + "_" + secret));
    for (const std::string& text :
         {std::string(), std::string("slw_"), "slw_" + id, "slw_" + id + "_", "slw_" + id + secret,
          "slw_" + id + "_" + secret + "A", "slw_" + id + "_" + secret.substr(1),
          "SLW_" + id + "_" + secret, "slw-" + id + "_" + secret, id + "_" + secret,
          "slw_" + std::string(32, 'G') + "_" + secret, "slw_" + id + "_" + secret.substr(1) + "B",
          "slw_" + id + "_" + secret.substr(1) + "="}) {
        EXPECT_FALSE(key_id_in(text)) << text;
    }
}

}  // namespace
}  // namespace slipway::core
