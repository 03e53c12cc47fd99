// The simulated disk keeps to what it says: what is durable, what a fault does, what a crash
// leaves.
#include "sim/simulated_disk.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "adapters/localfs/disk_handle.hpp"

namespace slipway::sim {
namespace {

using adapters::localfs::DiskHandle;

class SimulatedDiskTest : public testing::Test {
 protected:
    DiskHandle root() { return {disk_, disk_.open_path("/", O_RDONLY | O_DIRECTORY)}; }
    DiskHandle create(const char* name) {
        return {disk_, disk_.open({root().get(), name}, O_RDWR | O_CREAT)};
    }
    ssize_t write(const DiskHandle& file, std::string_view text, std::uint64_t offset = 0) {
        return disk_.write_at(file.get(), std::as_bytes(std::span(text)), ByteOffset(offset));
    }
    // A file whose name and bytes are durable.
    DiskHandle durable(const char* name, std::string_view text) {
        DiskHandle file = create(name);
        write(file, text);
        EXPECT_EQ(disk_.sync(file.get()), 0);
        EXPECT_EQ(disk_.sync(root().get()), 0);
        return file;
    }
    std::optional<std::string> content(std::string_view name) const {
        const auto node = disk_.image().find(DiskImage::kRoot, name);
        return node ? std::optional(disk_.image().content(*node)) : std::nullopt;
    }

    SimulatedDisk disk_;
};

constexpr PowerCut kDropAll{.kept = Kept::nothing};
constexpr PowerCut kKeepAll{.kept = Kept::everything};

TEST_F(SimulatedDiskTest, APowerCutDropsWhatWasNotSynced) {
    const auto file = durable("a", "old");
    write(file, "new and longer");
    create("b");
    disk_.restart(kDropAll);
    EXPECT_EQ(content("a"), "old");
    EXPECT_EQ(content("b"), std::nullopt);
}

TEST_F(SimulatedDiskTest, APowerCutMayKeepAll) {
    const auto file = durable("a", "old");
    write(file, "new and longer");
    create("b");
    disk_.restart(kKeepAll);
    EXPECT_EQ(content("a"), "new and longer");
    EXPECT_EQ(content("b"), "");
}

TEST_F(SimulatedDiskTest, APowerCutMayKeepAnyMixtureOfSectorsAndNames) {
    std::set<std::string> contents;
    std::set<bool> names;
    for (std::uint64_t seed = 0; seed < 64; ++seed) {
        SimulatedDisk fresh;
        disk_ = fresh;
        const auto file = durable("a", std::string(2 * kSector, 'o'));
        write(file, std::string(2 * kSector, 'n'));
        create("b");
        disk_.restart({.kept = Kept::some, .seed = seed});
        contents.insert(std::string{content("a")->front(), content("a")->back()});
        names.insert(content("b").has_value());
    }
    EXPECT_EQ(contents, (std::set<std::string>{"oo", "on", "no", "nn"}));
    EXPECT_EQ(names.size(), 2U);
}

TEST_F(SimulatedDiskTest, AKilledProcessLeavesWhatItWrote) {
    write(durable("a", "old"), "new");
    disk_.crash();
    EXPECT_EQ(disk_.open_path("/", O_RDONLY), -EIO);
    disk_.restart();
    EXPECT_EQ(content("a"), "new");
    disk_.restart(kDropAll);
    EXPECT_EQ(content("a"), "old");
}

TEST_F(SimulatedDiskTest, ASyncedFileIsLostWithItsUnsyncedName) {
    const auto file = create("a");
    write(file, "text");
    EXPECT_EQ(disk_.sync_data(file.get()), 0);
    disk_.restart(kDropAll);
    EXPECT_EQ(content("a"), std::nullopt);
}

TEST_F(SimulatedDiskTest, ARenameIsKeptOrLostAsOne) {
    for (std::uint64_t seed = 0; seed < 32; ++seed) {
        SimulatedDisk fresh;
        disk_ = fresh;
        durable("a", "text");
        EXPECT_EQ(disk_.make_directory({root().get(), "d"}), 0);
        EXPECT_EQ(disk_.sync(root().get()), 0);
        const DiskHandle target(disk_, disk_.open({root().get(), "d"}, O_RDONLY | O_DIRECTORY));
        EXPECT_EQ(disk_.rename_noreplace({root().get(), "a"}, {target.get(), "a"}), 0);
        disk_.restart({.kept = Kept::some, .seed = seed});
        const auto moved = disk_.image().names(*disk_.image().find(DiskImage::kRoot, "d"));
        EXPECT_NE(content("a").has_value(), moved.contains("a"));
    }
}

TEST_F(SimulatedDiskTest, AFailedSyncLosesItsDataAlthoughTheNextOneSucceeds) {
    const auto file = durable("a", "old");
    write(file, "new");
    disk_.arm({.kind = FaultKind::error, .at = 1, .error = EIO});
    EXPECT_EQ(disk_.sync_data(file.get()), -EIO);
    EXPECT_EQ(disk_.sync_data(file.get()), 0);
    EXPECT_EQ(content("a"), "new") << "the cache reads back right";
    disk_.restart(kKeepAll);
    EXPECT_EQ(content("a"), "old");
}

TEST_F(SimulatedDiskTest, ASyncDoesNotCoverWhatIsWrittenMeanwhile) {
    const auto file = durable("a", "old");
    write(file, "new");
    disk_.during_next_sync([&] { EXPECT_EQ(write(file, "too late"), 8); });
    EXPECT_EQ(disk_.sync_data(file.get()), 0);
    EXPECT_EQ(content("a"), "too late");
    disk_.restart(kDropAll);
    EXPECT_EQ(content("a"), "new");
}

TEST_F(SimulatedDiskTest, ASyncDuringWhichTheProcessDiesIsNotAnswered) {
    const auto file = durable("a", "old");
    write(file, "new");
    disk_.during_next_sync([&] { disk_.crash(); });
    EXPECT_EQ(disk_.sync_data(file.get()), -EIO);
    disk_.restart(kDropAll);
    EXPECT_EQ(content("a"), "new");
}

TEST_F(SimulatedDiskTest, FailsTheNthCallOnceOrFromThenOn) {
    const auto file = durable("a", "");
    disk_.arm({.kind = FaultKind::error, .at = 2, .error = ENOSPC});
    EXPECT_EQ(write(file, "x"), 1);
    EXPECT_EQ(write(file, "x"), -ENOSPC);
    EXPECT_EQ(write(file, "x"), 1);
    EXPECT_TRUE(disk_.fired());
    disk_.arm({.kind = FaultKind::error, .at = 2, .error = EDQUOT, .lasting = Lasting::onward});
    EXPECT_EQ(write(file, "x"), 1);
    EXPECT_FALSE(disk_.fired());
    EXPECT_EQ(write(file, "x"), -EDQUOT);
    EXPECT_EQ(write(file, "x"), -EDQUOT);
    EXPECT_EQ(disk_.calls(), 3U);
}

TEST_F(SimulatedDiskTest, AnInterruptedWriteComesOnInTheEnd) {
    const auto file = durable("a", "");
    disk_.arm({.kind = FaultKind::error, .error = EINTR, .lasting = Lasting::onward});
    EXPECT_EQ(write(file, "x"), -EINTR);
    EXPECT_EQ(write(file, "x"), -EINTR);
    EXPECT_EQ(write(file, "x"), 1);
}

TEST_F(SimulatedDiskTest, ShortensWrites) {
    const auto file = durable("a", "");
    disk_.arm({.kind = FaultKind::short_write});
    EXPECT_EQ(write(file, "four"), 2);
    EXPECT_EQ(write(file, "four"), 4);
}

TEST_F(SimulatedDiskTest, CrashesBeforeAfterAndWithin) {
    const std::string text(2000, 'n');
    const auto after = [&](DiskFault fault) {
        disk_ = SimulatedDisk();
        const auto file = durable("a", "");
        disk_.arm(fault);
        EXPECT_EQ(write(file, text), -EIO);
        EXPECT_TRUE(disk_.crashed());
        EXPECT_EQ(write(file, text), -EIO) << "nothing happens after a crash";
        disk_.restart(kKeepAll);
        return content("a")->size();
    };
    EXPECT_EQ(after({.kind = FaultKind::crash_before}), 0U);
    EXPECT_EQ(after({.kind = FaultKind::crash_after}), 2000U);
    EXPECT_EQ(after({.kind = FaultKind::torn, .prefix = Prefix::nothing}), 0U);
    EXPECT_EQ(after({.kind = FaultKind::torn, .prefix = Prefix::sector}), 512U);
    EXPECT_EQ(after({.kind = FaultKind::torn, .prefix = Prefix::half}), 1000U);
    EXPECT_EQ(after({.kind = FaultKind::torn, .prefix = Prefix::all_but_one}), 1999U);
}

TEST_F(SimulatedDiskTest, KnowsItsDescriptorsAndLocks) {
    {
        const auto holder = create("lock");
        const auto other = create("lock");
        EXPECT_EQ(disk_.lock(holder.get()), 0);
        EXPECT_EQ(disk_.lock(other.get()), -EWOULDBLOCK);
        EXPECT_EQ(disk_.open_descriptors(), 2U);
    }
    EXPECT_EQ(disk_.open_descriptors(), 0U);
    EXPECT_EQ(disk_.lock(create("lock").get()), 0);
    EXPECT_EQ(disk_.sync(12345), -EBADF);
}

TEST_F(SimulatedDiskTest, CopiesOfAnImageGoTheirOwnWays) {
    durable("a", "old");
    SimulatedDisk copy(disk_.image(), {});
    write(create("a"), "new");
    create("b");
    const auto node = copy.image().find(DiskImage::kRoot, "a");
    ASSERT_TRUE(node);
    EXPECT_EQ(copy.image().content(*node), "old");
    EXPECT_FALSE(copy.image().find(DiskImage::kRoot, "b"));
}

}  // namespace
}  // namespace slipway::sim
