#include "adapters/localfs/blob_table.hpp"

#include <gtest/gtest.h>

#include "support/local_fs_rig.hpp"

namespace slipway::adapters::localfs {
namespace {

using support::blob_id;

std::shared_ptr<Blob> blob(std::uint16_t n) {
    return std::make_shared<Blob>(system_disk(),
                                  Blob::File{blob_id(n), {}, ByteCount(0), Content::synced});
}

TEST(BlobTable, DropsTheLeastRecentlyUsedThatNobodyHolds) {
    BlobTable table(2);
    table.insert(blob(1));
    table.insert(blob(2));
    EXPECT_NE(table.find(blob_id(1)), nullptr);
    table.insert(blob(3));
    EXPECT_EQ(table.find(blob_id(2)), nullptr);
    EXPECT_NE(table.find(blob_id(1)), nullptr);
    EXPECT_NE(table.find(blob_id(3)), nullptr);
}

TEST(BlobTable, KeepsWhatSomebodyHolds) {
    BlobTable table(1);
    const auto held = blob(1);
    table.insert(held);
    table.insert(blob(2));
    table.insert(blob(3));
    EXPECT_EQ(table.find(blob_id(1)), held);
    EXPECT_LE(table.size(), 2U);
}

TEST(BlobTable, RemembersPoisonUntilTheBlobIsErased) {
    BlobTable table(1);
    table.insert(blob(1));
    table.poison(blob_id(1), {Errc::corrupted, "broken"});
    table.poison(blob_id(9), {Errc::corrupted, "broken, and not open"});
    table.insert(blob(2));
    EXPECT_EQ(table.find(blob_id(1)), nullptr);
    EXPECT_TRUE(table.poisoned(blob_id(1)));
    EXPECT_TRUE(table.poisoned(blob_id(9)));
    EXPECT_EQ(table.poisoned(blob_id(2)), std::nullopt);
    table.erase(blob_id(1));
    EXPECT_EQ(table.poisoned(blob_id(1)), std::nullopt);
}

}  // namespace
}  // namespace slipway::adapters::localfs
