#include "daemon/key_files.hpp"

#include <gtest/gtest.h>

#include <span>

#include "adapters/system/system_random.hpp"
#include "base/encoding.hpp"
#include "daemon/durable_file.hpp"
#include "hash/digester.hpp"

namespace slipway::daemon {
namespace {

class KeyFiles : public testing::Test {
 protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "slipway-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { std::filesystem::remove_all(root_); }

    Result<AdministratorKey> load(std::map<std::string, std::string> variables = {}) {
        return load_administrator_key(
            [variables](const std::string& name) -> std::optional<std::string> {
                const auto found = variables.find(name);
                return found == variables.end() ? std::nullopt : std::optional(found->second);
            },
            config_, root_, random_);
    }

    Config config_;
    std::filesystem::path root_;
    adapters::system::SystemRandom random_;
};

bool opens(const AdministratorKey& key, std::string_view presented) {
    return hash::sha256(std::as_bytes(std::span(presented))) == key.digest;
}

TEST_F(KeyFiles, AKeyIsMadeOnceAndOnlyItsDigestIsKept) {
    const auto first = load();
    ASSERT_TRUE(first && first->generated);
    EXPECT_GE(first->generated->size(), 43U);
    EXPECT_TRUE(opens(*first, *first->generated));
    const auto second = load();
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->generated);
    EXPECT_TRUE(opens(*second, *first->generated));
    EXPECT_FALSE(opens(*second, *first->generated + "x"));
    EXPECT_FALSE(opens(*second, ""));
    EXPECT_EQ(read_small_file(root_ / "admin.sha256")->find(*first->generated), std::string::npos);
}

TEST_F(KeyFiles, TheEnvironmentWinsOverTheFile) {
    ASSERT_TRUE(write_durably(root_ / "key", "key-from-the-file\n"));
    config_.auth.api_key_file = (root_ / "key").string();
    EXPECT_TRUE(opens(*load(), "key-from-the-file"));
    EXPECT_TRUE(
        opens(*load({{"SLIPWAY_API_KEY", "from-the-environment"}}), "from-the-environment"));
}

TEST_F(KeyFiles, AnEmptyOrMissingSourceIsRefused) {
    EXPECT_FALSE(load({{"SLIPWAY_API_KEY", ""}}));
    EXPECT_FALSE(load({{"SLIPWAY_API_KEY_FILE", (root_ / "none").string()}}));
    ASSERT_TRUE(write_durably(root_ / "admin.sha256", "damaged"));
    EXPECT_FALSE(load());
}

TEST_F(KeyFiles, AKeyThatCanBeTriedOutOrNotBePresentedIsRefusedWithoutBeingTold) {
    EXPECT_TRUE(load({{"SLIPWAY_API_KEY", "0123456789abcdef"}}));
    EXPECT_TRUE(load({{"SLIPWAY_API_KEY", "-._~+/AZaz09-._=="}}));
    for (const std::string key : {"0123456789abcde", "0123456789 abcdef", "0123456789=abcdef",
                                  "================", "0123456789abcd\xc3\xa4",
                                  "0123456789abc\ndef", "0123456789,abcdef"}) {
        const auto refused = load({{"SLIPWAY_API_KEY", key}});
        ASSERT_FALSE(refused) << key;
        EXPECT_EQ(refused.error().code, Errc::invalid);
        EXPECT_TRUE(refused.error().detail.starts_with("SLIPWAY_API_KEY: a key "));
        EXPECT_FALSE(refused.error().detail.contains(key));
    }
}

}  // namespace
}  // namespace slipway::daemon
