#include "daemon/signing_key_file.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/system/system_random.hpp"
#include "base/encoding.hpp"
#include "daemon/durable_file.hpp"
#include "engine/signing_keys.hpp"

namespace slipway::daemon {
namespace {

class SigningKeyFile : public testing::Test {
 protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "slipway-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { std::filesystem::remove_all(root_); }
    Result<engine::RingKeys> load() { return load_signing_keys(root_, clock_, random_); }

    std::filesystem::path root_;
    adapters::memory::ManualClock clock_;
    adapters::system::SystemRandom random_;
};

TEST_F(SigningKeyFile, IsMadeOnceAndKept) {
    const auto first = load();
    const auto second = load();
    ASSERT_TRUE(first && second);
    ASSERT_EQ(first->size(), 1U);
    EXPECT_EQ(first->front().key.secret, second->front().key.secret);
    EXPECT_EQ(first->front().key.id, second->front().key.id);
    EXPECT_EQ(encode_hex(first->front().key.secret).find(first->front().key.id), std::string::npos);
}

TEST_F(SigningKeyFile, KeepsAllOfARing) {
    const WallTime now = clock_.wall();
    auto keys = engine::with_new_key(*load(), engine::SigningKeys::make_key(random_), now,
                                     now + std::chrono::hours(1));
    ASSERT_TRUE(keep_signing_keys(root_, keys));
    const auto read = load();
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->front().verifies_until, now + std::chrono::hours(1));
    EXPECT_EQ(read->front().key.secret, keys.front().key.secret);
    EXPECT_EQ(read->back().verifies_until, std::nullopt);
    EXPECT_EQ(read->back().created_at, now);
}

TEST_F(SigningKeyFile, TakesTheSingleKeyOfBeforeOver) {
    const std::string secret(64, 'a');
    ASSERT_TRUE(write_durably(root_ / "signing.key", secret + "\n"));
    const auto taken = load();
    ASSERT_TRUE(taken);
    EXPECT_EQ(encode_hex(taken->front().key.secret), secret);
    EXPECT_FALSE(std::filesystem::exists(root_ / "signing.key"));
    EXPECT_EQ(load()->front().key.id, taken->front().key.id);
}

TEST_F(SigningKeyFile, IsRefusedWhenDamaged) {
    for (const std::string& text :
         {std::string(), std::string("x"), std::string(64, '0') + " 1 -\n",
          std::string(64, 'a') + " 1\n", std::string(64, 'a') + " 1 2\n",
          std::string(64, 'a') + " x -\n", std::string(64, 'A') + " 1 -\n",
          std::string(64, 'a') + " 1 -\n\n" + std::string(64, 'b') + " 1 -\n"}) {
        ASSERT_TRUE(write_durably(root_ / "signing.keys", text));
        const auto read = load();
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, Errc::invalid);
    }
    std::filesystem::remove(root_ / "signing.keys");
    ASSERT_TRUE(write_durably(root_ / "signing.key", std::string(64, '0')));
    EXPECT_FALSE(load());
}

}  // namespace
}  // namespace slipway::daemon
