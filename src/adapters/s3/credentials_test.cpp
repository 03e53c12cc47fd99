#include "adapters/s3/credentials.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "support/temp_directory.hpp"

namespace slipway::adapters::s3 {
namespace {

class CredentialsFile : public testing::Test {
 protected:
    Result<sigv4::Credentials> read(const std::string& text, const std::string& profile = "store") {
        const auto file = directory_.path() / "credentials";
        std::ofstream(file, std::ios::binary) << text;
        return credentials_from_file(file, profile);
    }
    std::string complaint(const std::string& text) {
        const auto found = read(text);
        return found ? "none" : found.error().detail;
    }
    support::TempDirectory directory_;
};

TEST_F(CredentialsFile, HasTheFormOfTheAwsTools) {
    const auto found = read(
        "# comment\r\n[default]\naws_access_key_id = WRONG\naws_secret_access_key=WRONG\n\n"
        "[store]\n; comment\n  aws_access_key_id=AK\t\r\naws_secret_access_key = a=b/c+d \n"
        "region = mars\naws_session_token=token\n[later]\naws_access_key_id=WRONG\n");
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->access_key, "AK");
    EXPECT_EQ(found->secret_key, "a=b/c+d");
    EXPECT_EQ(found->session_token, "token");
}

TEST_F(CredentialsFile, SaysWhatIsMissingAndNoKey) {
    EXPECT_TRUE(complaint("").contains("no section [store]"));
    EXPECT_TRUE(complaint("[other]\naws_access_key_id=AK\n").contains("no section [store]"));
    const auto secret = complaint("[store]\naws_access_key_id=AK\n");
    EXPECT_TRUE(secret.contains("no aws_secret_access_key in [store]")) << secret;
    const auto access = complaint("[store]\naws_secret_access_key=hidden\n");
    EXPECT_TRUE(access.contains("no aws_access_key_id in [store]")) << access;
    EXPECT_FALSE(access.contains("hidden"));
    EXPECT_TRUE(complaint("[store]\n" + std::string(64 << 10, '#')).contains("over 64 KiB"));
    EXPECT_EQ(credentials_from_file(directory_.path() / "none", "store").error().code,
              Errc::not_found);
}

TEST(CredentialsEnvironment, HasAPrefixForEachStore) {
    ::setenv("TEST_S3_ACCESS_KEY", "AK", 1);
    ::unsetenv("TEST_S3_SECRET_KEY");
    const auto incomplete = credentials_from_environment("TEST_S3");
    ASSERT_FALSE(incomplete);
    EXPECT_EQ(incomplete.error().detail, "the environment has no TEST_S3_SECRET_KEY");
    ::setenv("TEST_S3_SECRET_KEY", "secret", 1);
    const auto found = credentials_from_environment("TEST_S3");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->secret_key, "secret");
    EXPECT_EQ(found->session_token, "");
    EXPECT_EQ(credentials_from_environment("TEST_OTHER").error().detail,
              "the environment has no TEST_OTHER_ACCESS_KEY");
}

}  // namespace
}  // namespace slipway::adapters::s3
