#include "daemon/webhook_settings.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace slipway::daemon {
namespace {

const std::string kSecret(32, 's');
const std::string kOther(32, 'o');

Environment with_secrets(std::string secrets) {
    return [secrets](const std::string& name) {
        return name == "SLIPWAY_WEBHOOKS_SECRETS" ? std::optional(secrets) : std::nullopt;
    };
}
const Environment kNoEnvironment = [](const std::string&) { return std::nullopt; };

Config::Webhooks two_endpoints() {
    Config::Webhooks webhooks;
    webhooks.endpoints =
        "one https://a.example/x?y=1; two\thttps://b.example upload.completed,file.deleted\n";
    return webhooks;
}

TEST(WebhookSettings, ReadsEndpoints) {
    const auto endpoints = parse_endpoints(two_endpoints().endpoints);
    ASSERT_TRUE(endpoints);
    ASSERT_EQ(endpoints->size(), 2U);
    EXPECT_EQ((*endpoints)[0].name, "one");
    EXPECT_EQ((*endpoints)[0].url, "https://a.example/x?y=1");
    EXPECT_TRUE((*endpoints)[0].wants(core::EventKind::upload_created));
    EXPECT_FALSE((*endpoints)[1].wants(core::EventKind::upload_created));
    EXPECT_TRUE((*endpoints)[1].wants(core::EventKind::file_deleted));
    EXPECT_TRUE(parse_endpoints("")->empty());
    EXPECT_TRUE(parse_endpoints(" ; \n")->empty());
}

TEST(WebhookSettings, SaysWhatIsWrongWithEndpoints) {
    const std::pair<const char*, const char*> cases[] = {
        {"one", "NAME URL"},
        {"one https://a.example/ upload.created x", "NAME URL"},
        {"One https://a.example/", "is no name"},
        {"a/b https://a.example/", "is no name"},
        {"one a.example", "absolute URL"},
        {"one ftp://a.example/", "ftp"},
        {"one https://u:p@a.example/", "user information"},
        {"one https://a.example/ upload.finished", "\"upload.finished\" is no event"},
        {"one https://a.example/; one https://b.example/", "twice"},
    };
    for (const auto& [text, reason] : cases) {
        const auto endpoints = parse_endpoints(text);
        ASSERT_FALSE(endpoints) << text;
        EXPECT_TRUE(endpoints.error().contains(reason)) << endpoints.error();
    }
}

TEST(WebhookSettings, PlainHttpIsForThoseWhoSaySo) {
    Config::Webhooks webhooks;
    webhooks.endpoints = "one http://a.example/";
    EXPECT_TRUE(find_webhook_contradiction(webhooks).contains("webhooks.allow_http"));
    webhooks.allow_http = true;
    EXPECT_EQ(find_webhook_contradiction(webhooks), "");
    webhooks.ca = "/dev/null";
    EXPECT_TRUE(find_webhook_contradiction(webhooks).starts_with("webhooks.ca: "));
}

TEST(WebhookSettings, SecretsAreForAllOrForOne) {
    const auto endpoints =
        load_endpoints(with_secrets(kSecret + ";two " + kOther), two_endpoints());
    ASSERT_TRUE(endpoints) << endpoints.error().detail;
    EXPECT_EQ((*endpoints)[0].secrets.size(), 1U);
    EXPECT_EQ((*endpoints)[1].secrets.size(), 2U);
    EXPECT_NE((*endpoints)[1].secrets[0], (*endpoints)[1].secrets[1]);
}

TEST(WebhookSettings, SecretsComeFromAFile) {
    const auto file =
        std::filesystem::temp_directory_path() / ("slipway-secrets-" + std::to_string(::getpid()));
    std::ofstream(file) << "one " << kSecret << "\ntwo " << kOther << "\n";
    auto webhooks = two_endpoints();
    webhooks.secret_file = file;
    const auto endpoints = load_endpoints(kNoEnvironment, webhooks);
    std::filesystem::remove(file);
    ASSERT_TRUE(endpoints) << endpoints.error().detail;
    EXPECT_NE((*endpoints)[0].secrets, (*endpoints)[1].secrets);
    EXPECT_FALSE(load_endpoints(kNoEnvironment, webhooks));
}

TEST(WebhookSettings, EveryEndpointHasASecretAndNoMessageHasOne) {
    EXPECT_FALSE(load_endpoints(kNoEnvironment, two_endpoints()));
    for (const std::string& secrets :
         {std::string(), std::string("short-secret"), "one " + kSecret, "three " + kSecret,
          "one two " + kSecret, kSecret + "; short-secret"}) {
        const auto endpoints = load_endpoints(with_secrets(secrets), two_endpoints());
        ASSERT_FALSE(endpoints) << secrets;
        EXPECT_TRUE(endpoints.error().detail.starts_with("webhooks.secret_file: "));
        EXPECT_FALSE(endpoints.error().detail.contains("short-secret"));
        EXPECT_FALSE(endpoints.error().detail.contains(kSecret));
    }
    EXPECT_TRUE(load_endpoints(kNoEnvironment, {})->empty());
}

}  // namespace
}  // namespace slipway::daemon
