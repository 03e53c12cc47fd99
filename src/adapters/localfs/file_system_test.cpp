#include "adapters/localfs/file_system.hpp"

#include <gtest/gtest.h>
#include <linux/magic.h>

namespace slipway::adapters::localfs {
namespace {

TEST(WeakFileSystem, NamesThoseThatKeepNothingOrKeepItElsewhere) {
    EXPECT_EQ(weak_file_system(TMPFS_MAGIC), "tmpfs");
    EXPECT_EQ(weak_file_system(NFS_SUPER_MAGIC), "nfs");
    EXPECT_EQ(weak_file_system(CIFS_SUPER_MAGIC), "smb");
    EXPECT_EQ(weak_file_system(FUSE_SUPER_MAGIC), "fuse");
    EXPECT_EQ(weak_file_system(OVERLAYFS_SUPER_MAGIC), "overlay");
}

TEST(WeakFileSystem, TrustsTheFileSystemsOfDisks) {
    EXPECT_EQ(weak_file_system(EXT4_SUPER_MAGIC), std::nullopt);
    EXPECT_EQ(weak_file_system(XFS_SUPER_MAGIC), std::nullopt);
    EXPECT_EQ(weak_file_system(BTRFS_SUPER_MAGIC), std::nullopt);
    EXPECT_EQ(weak_file_system(0x2fc12fc1), std::nullopt);
}

}  // namespace
}  // namespace slipway::adapters::localfs
