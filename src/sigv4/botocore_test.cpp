// The signer against botocore, over requests that the published examples do not think of.
#include <gtest/gtest.h>

#include "sigv4/botocore_vectors.hpp"
#include "sigv4/signer.hpp"

namespace slipway::sigv4 {
namespace {

std::string sign(const BotocoreVector& vector) {
    const Signer signer(
        {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", vector.session_token},
        {"eu-central-1"});
    const WallTime time = from_unix_millis(vector.time * 1000);
    const std::string text =
        vector.lifetime > 0
            ? signer.presign(vector.request, time, std::chrono::seconds(vector.lifetime))
            : signer.sign(vector.request, time).back().second;
    return text.substr(text.rfind('=') + 1);
}

TEST(Botocore, SignsTheSame) {
    ASSERT_EQ(botocore_vectors().size(), 64U);
    for (const auto& vector : botocore_vectors()) {
        EXPECT_EQ(sign(vector), vector.signature) << canonicalise(vector.request).text;
    }
}

}  // namespace
}  // namespace slipway::sigv4
