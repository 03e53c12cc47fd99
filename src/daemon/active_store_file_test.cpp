#include "daemon/active_store_file.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/memory_store.hpp"
#include "support/temp_directory.hpp"

namespace slipway::daemon {
namespace {

class ActiveStoreFile : public ::testing::Test {
 protected:
    const support::TempDirectory directory_;
    adapters::memory::MemoryStore main_{"main"};
    adapters::memory::MemoryStore dr_{"dr"};
    engine::Stores stores_{{{.store = main_}, {.store = dr_, .role = engine::StoreRole::dr}}};
};

TEST_F(ActiveStoreFile, SaysWhoHasTakenOver) {
    ASSERT_TRUE(apply_active_store(directory_.path(), stores_));
    EXPECT_EQ(stores_.active(), nullptr);
    ASSERT_TRUE(keep_active_store(directory_.path(), "dr"));
    ASSERT_TRUE(apply_active_store(directory_.path(), stores_));
    EXPECT_EQ(stores_.active(), &dr_);
}

TEST_F(ActiveStoreFile, OrThatNoneHas) {
    ASSERT_TRUE(keep_active_store(directory_.path(), "dr"));
    ASSERT_TRUE(keep_active_store(directory_.path(), ""));
    ASSERT_TRUE(apply_active_store(directory_.path(), stores_));
    EXPECT_EQ(stores_.active(), nullptr);
}

TEST_F(ActiveStoreFile, AStoreThatIsNotThereStopsTheStart) {
    ASSERT_TRUE(keep_active_store(directory_.path(), "other"));
    const auto applied = apply_active_store(directory_.path(), stores_);
    EXPECT_EQ(applied.error().code, Errc::invalid);
    EXPECT_TRUE(applied.error().detail.starts_with("store: \"other\" has taken over ("));
}

}  // namespace
}  // namespace slipway::daemon
