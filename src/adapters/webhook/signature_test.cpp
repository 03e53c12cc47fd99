#include "adapters/webhook/signature.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::webhook {
namespace {

// The example of the Standard Webhooks specification's libraries.
TEST(Signature, AgreesWithThePublishedExample) {
    const auto secret = parse_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    ASSERT_TRUE(secret);
    const std::vector<Secret> secrets{*secret};
    EXPECT_EQ(sign(secrets, {.id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
                             .timestamp = 1'614'265'330,
                             .body = R"({"test": 2432232314})"}),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, IsMadeWithEachSecret) {
    const std::vector<Secret> secrets{*parse_secret(std::string(24, 'a')),
                                      *parse_secret(std::string(24, 'b'))};
    const auto both = sign(secrets, {.id = "i", .timestamp = 1, .body = "b"});
    EXPECT_EQ(both.find(" v1,"), both.find(' '));
    EXPECT_NE(both.substr(0, both.find(' ')), both.substr(both.find(' ') + 1));
}

TEST(Secret, HasALengthThatIsSafe) {
    EXPECT_FALSE(parse_secret(""));
    EXPECT_FALSE(parse_secret(std::string(23, 'x')));
    EXPECT_EQ(parse_secret(std::string(24, 'x'))->size(), 24U);
    EXPECT_EQ(parse_secret(std::string(64, 'x'))->size(), 64U);
    EXPECT_FALSE(parse_secret(std::string(65, 'x')));
    EXPECT_FALSE(parse_secret("whsec_AAAA"));
    EXPECT_FALSE(parse_secret("whsec_" + std::string(40, '!')));
    EXPECT_EQ(parse_secret("whsec_" + std::string(43, 'A') + "=")->size(), 32U);
}

}  // namespace
}  // namespace slipway::adapters::webhook
