#include "api/form_urls.hpp"

#include <gtest/gtest.h>

namespace slipway::api {
namespace {

const WallTime kNow = from_unix_millis(1'800'000'000'000);

class FormUrlsTest : public ::testing::Test {
 protected:
    static http::RequestHead head_of(std::string_view url, std::string host = "h:1") {
        http::RequestHead head;
        head.method = http::Method::post;
        head.host = std::move(host);
        head.target = *http::parse_target(url.substr(url.find('/', url.find("://") + 3)));
        return head;
    }
    std::expected<engine::FormGrant, engine::Denial> verify(std::string_view url) {
        return urls_.verify(head_of(url), kNow);
    }

    FormUrls urls_{engine::FormSigner({"test", {std::byte{1}}}), {}};
    FormUrlTerms terms_{.owner = "al ice&max=9",
                        .file = UploadId(UploadId::Bytes{7}),
                        .max_size = 100_B,
                        .lifetime = std::chrono::seconds(60)};
};

TEST_F(FormUrlsTest, AUrlGrantsWhatItWasMadeFor) {
    const PartUrl url = urls_.make(terms_, "h:1", kNow);
    EXPECT_TRUE(
        url.url.starts_with("http://h:1/upload?v=1&kid=test&owner=al%20ice%26max%3D9&file=07"));
    EXPECT_EQ(url.expires_at, kNow + std::chrono::seconds(60));
    const auto grant = verify(url.url);
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->owner(), terms_.owner);
    EXPECT_EQ(grant->file(), terms_.file);
    EXPECT_EQ(grant->max_size(), terms_.max_size);
    EXPECT_EQ(urls_.verify(head_of(url.url), url.expires_at).error(), engine::Denial::expired);
    EXPECT_FALSE(urls_.verify(head_of(url.url, "h:2"), kNow));
}

TEST_F(FormUrlsTest, NoCharacterOfTheQueryMayBeAnother) {
    const std::string url = urls_.make(terms_, "h:1", kNow).url;
    for (std::size_t at = url.find('?') + 1; at < url.size(); ++at) {
        std::string changed = url;
        changed[at] = changed[at] == '1' ? '2' : '1';
        EXPECT_FALSE(verify(changed)) << changed;
    }
}

TEST_F(FormUrlsTest, ParametersAreExactlyThese) {
    const std::string url = urls_.make(terms_, "h:1", kNow).url;
    EXPECT_FALSE(verify(url + "&max=100"));
    EXPECT_FALSE(verify(url + "&x=1"));
    EXPECT_FALSE(verify(url.substr(0, url.rfind('&'))));
    std::string padded = url;
    padded.replace(padded.find("max=100&"), 7, "max=0100");
    EXPECT_FALSE(verify(padded));
}

TEST_F(FormUrlsTest, ThePublicNameIsSigned) {
    const FormUrls urls(engine::FormSigner({"test", {std::byte{1}}}),
                        {.public_url = "https://up.example"});
    const PartUrl url = urls.make(terms_, "h:1", kNow);
    EXPECT_TRUE(url.url.starts_with("https://up.example/upload?"));
    EXPECT_TRUE(urls.verify(head_of(url.url, "anything"), kNow));
}

}  // namespace
}  // namespace slipway::api
