#include "support/faulty_disk.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "adapters/localfs/disk_steps.hpp"
#include "base/file_descriptor.hpp"
#include "support/temp_directory.hpp"

namespace slipway::support {
namespace {

using adapters::localfs::system_disk;
using Calls = std::vector<std::string>;

class FaultyDiskTest : public testing::Test {
 protected:
    int sync() { return disk_.sync(directory_.get()); }
    int open(const char* name) {
        const FileDescriptor file(disk_.open({directory_.get(), name}, O_RDWR | O_CREAT));
        return file.get();
    }

    TempDirectory temp_;
    FaultyDisk disk_{system_disk(), temp_.path().string()};
    FileDescriptor directory_{disk_.open_path(temp_.path().c_str(), O_RDONLY | O_DIRECTORY)};
};

TEST_F(FaultyDiskTest, WritesDownEveryCall) {
    disk_.forget_calls();
    EXPECT_GE(open("a"), 0);
    EXPECT_EQ(disk_.rename_noreplace({directory_.get(), "a"}, {directory_.get(), "b"}), 0);
    EXPECT_EQ(sync(), 0);
    EXPECT_EQ(disk_.unlink({directory_.get(), "b"}), 0);
    EXPECT_EQ(disk_.calls(), (Calls{"open a", "rename a b", "fsync .", "unlink b"}));
}

TEST_F(FaultyDiskTest, FailsTheNthCallOnceAndDoesNotCarryItOut) {
    disk_.arm({.nth = 2, .error = ENOSPC});
    EXPECT_EQ(sync(), 0);
    EXPECT_EQ(open("a"), -ENOSPC);
    EXPECT_EQ(disk_.fired(), 1U);
    struct stat now{};
    EXPECT_EQ(disk_.stat_entry({directory_.get(), "a"}, now), -ENOENT);
    EXPECT_GE(open("a"), 0);
    EXPECT_EQ(disk_.fired(), 1U);
}

TEST_F(FaultyDiskTest, FailsAllCallsFromTheNthOn) {
    disk_.arm({.nth = 2, .lasting = Lasting::onward});
    EXPECT_EQ(sync(), 0);
    EXPECT_EQ(sync(), -EIO);
    EXPECT_EQ(open("a"), -EIO);
    EXPECT_EQ(disk_.fired(), 2U);
    disk_.disarm();
    EXPECT_EQ(sync(), 0);
}

TEST_F(FaultyDiskTest, CountsOnlyTheCallsItIsTold) {
    disk_.arm({.nth = 2, .calls = "open"});
    EXPECT_EQ(sync(), 0);
    EXPECT_GE(open("a"), 0);
    EXPECT_EQ(sync(), 0);
    EXPECT_EQ(open("a"), -EIO);
}

TEST_F(FaultyDiskTest, ShortensWrites) {
    const FileDescriptor file(disk_.open({directory_.get(), "a"}, O_RDWR | O_CREAT));
    const std::vector<std::byte> bytes(10, std::byte{7});
    disk_.shorten_writes(3);
    EXPECT_EQ(disk_.write_at(file.get(), bytes, ByteOffset(0)), 3);
    disk_.forget_calls();
    EXPECT_EQ(adapters::localfs::write_all(disk_, file.get(), bytes, ByteOffset(0)), 0);
    EXPECT_EQ(disk_.calls(),
              (Calls{"pwrite a 0 10", "pwrite a 3 7", "pwrite a 6 4", "pwrite a 9 1"}));
    std::vector<std::byte> back(20);
    EXPECT_EQ(disk_.read_at(file.get(), back, ByteOffset(0)), 10);
}

TEST_F(FaultyDiskTest, CallsTheHooksAroundACall) {
    Calls seen;
    disk_.around_each({.before = [&](const std::string& call) { seen.push_back("before " + call); },
                       .after = [&](const std::string& call) { seen.push_back("after " + call); }});
    EXPECT_EQ(sync(), 0);
    EXPECT_EQ(seen, (Calls{"before fsync .", "after fsync ."}));
}

}  // namespace
}  // namespace slipway::support
