#include "adapters/localfs/disk.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/file_descriptor.hpp"
#include "support/temp_directory.hpp"

namespace slipway::adapters::localfs {
namespace {

class SystemDiskTest : public testing::Test {
 protected:
    FileDescriptor create(const char* name) {
        return FileDescriptor(disk_.open({here(), name}, O_RDWR | O_CREAT | O_EXCL));
    }
    int here() const { return directory_.get(); }
    struct stat now(const FileDescriptor& file) {
        struct stat out{};
        EXPECT_EQ(disk_.stat(file.get(), out), 0);
        return out;
    }

    support::TempDirectory temp_;
    const std::shared_ptr<Disk> real_ = system_disk();
    Disk& disk_ = *real_;
    FileDescriptor directory_{disk_.open_path(temp_.path().c_str(), O_RDONLY | O_DIRECTORY)};
};

TEST_F(SystemDiskTest, RenamesWithoutReplacing) {
    ASSERT_TRUE(create("a"));
    ASSERT_TRUE(create("b"));
    EXPECT_EQ(disk_.rename_noreplace({here(), "a"}, {here(), "b"}), -EEXIST);
    EXPECT_EQ(disk_.rename_noreplace({here(), "a"}, {here(), "c"}), 0);
    EXPECT_EQ(disk_.rename_noreplace({here(), "a"}, {here(), "d"}), -ENOENT);
}

TEST_F(SystemDiskTest, FollowsNoLinkAndLeavesNoDirectory) {
    const support::TempDirectory outside;
    std::ofstream(outside / "secret") << "secret";
    std::filesystem::create_symlink(outside / "secret", temp_ / "link");
    std::filesystem::create_directory_symlink(outside.path(), temp_ / "directory");
    EXPECT_EQ(disk_.open({here(), "link"}, O_RDONLY), -ELOOP);
    EXPECT_LT(disk_.open({here(), "link"}, O_RDWR | O_CREAT), 0);
    EXPECT_LT(disk_.open({here(), "directory"}, O_RDONLY | O_DIRECTORY), 0);
    EXPECT_LT(disk_.open({here(), ".."}, O_RDONLY | O_DIRECTORY), 0);
    EXPECT_LT(disk_.open({here(), (outside / "secret").c_str()}, O_RDONLY), 0);
}

TEST_F(SystemDiskTest, CreatesFilesForItsUserOnlyAndClosesThemOnExec) {
    const auto file = create("a");
    EXPECT_EQ(now(file).st_mode & 0777U, 0600U);
    EXPECT_EQ(::fcntl(file.get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    EXPECT_EQ(create("a").get(), -EEXIST);
}

TEST_F(SystemDiskTest, AllocatesBlocksAndSetsTheSize) {
    const auto file = create("a");
    ASSERT_EQ(disk_.allocate(file.get(), {}, ByteCount(1U << 20U)), 0);
    EXPECT_EQ(now(file).st_size, 1 << 20);
    EXPECT_GE(now(file).st_blocks * 512, 1 << 20);
    EXPECT_EQ(disk_.truncate(file.get(), ByteCount(5)), 0);
    EXPECT_EQ(now(file).st_size, 5);
    EXPECT_EQ(disk_.allocate(file.get(), {}, ByteCount(~std::uint64_t{0})), -EFBIG);
    EXPECT_EQ(disk_.truncate(file.get(), ByteCount(~std::uint64_t{0})), -EFBIG);
}

TEST_F(SystemDiskTest, ListsTheSameNamesEachTime) {
    ASSERT_TRUE(create("a"));
    ASSERT_TRUE(create("b"));
    for (int i = 0; i < 2; ++i) {
        std::vector<std::string> names;
        ASSERT_EQ(disk_.list(here(), names), 0);
        std::ranges::sort(names);
        EXPECT_EQ(names, (std::vector<std::string>{"a", "b"}));
    }
}

}  // namespace
}  // namespace slipway::adapters::localfs
