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
        return credentials_from_file(file, {profile});
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
    EXPECT_EQ(credentials_from_file(directory_.path() / "none", {"store"}).error().code,
              Errc::not_found);
}

TEST_F(CredentialsFile, TheFirstProfileThatIsThereIsTaken) {
    const auto file = directory_.path() / "credentials";
    std::ofstream(file) << "[default]\naws_access_key_id=D\naws_secret_access_key=d\n"
                           "[store]\naws_access_key_id=S\naws_secret_access_key=s\n";
    EXPECT_EQ(credentials_from_file(file, {"store", "default"})->access_key, "S");
    EXPECT_EQ(credentials_from_file(file, {"other", "default"})->access_key, "D");
    EXPECT_EQ(credentials_from_file(file, {"other", "more"}).error().detail,
              file.string() + " has no section [other] or [more]");
}

TEST(CredentialsEnvironment, HasAPrefixForEachStore) {
    std::map<std::string, std::string> variables{{"TEST_ACCESS_KEY_ID", "AK"}};
    const Variables environment = [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    EXPECT_EQ(credentials_from_environment("TEST", environment).error().detail,
              "the environment has no TEST_SECRET_ACCESS_KEY");
    variables["TEST_SECRET_ACCESS_KEY"] = "secret";
    const auto found = credentials_from_environment("TEST", environment);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->secret_key, "secret");
    EXPECT_EQ(found->session_token, "");
    EXPECT_EQ(credentials_from_environment("OTHER", environment).error().detail,
              "the environment has no OTHER_ACCESS_KEY_ID");
}

TEST(CredentialsEnvironment, IsThatOfTheProcess) {
    ::setenv("TEST_S3_ACCESS_KEY_ID", "AK", 1);
    EXPECT_EQ(process_variables()("TEST_S3_ACCESS_KEY_ID"), "AK");
    ::unsetenv("TEST_S3_ACCESS_KEY_ID");
    EXPECT_EQ(process_variables()("TEST_S3_ACCESS_KEY_ID"), std::nullopt);
}

}  // namespace
}  // namespace slipway::adapters::s3
