#include "support/power_cut_disk.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

#include "adapters/localfs/disk_steps.hpp"
#include "base/file_descriptor.hpp"
#include "support/temp_directory.hpp"

namespace slipway::support {
namespace {

using adapters::localfs::system_disk;
using adapters::localfs::write_all;

class PowerCutDiskTest : public testing::Test {
 protected:
    FileDescriptor create(const char* name) {
        return FileDescriptor(disk_.open({directory_.get(), name}, O_RDWR | O_CREAT));
    }
    void write(const FileDescriptor& file, std::string_view text) {
        EXPECT_EQ(write_all(disk_, file.get(), std::as_bytes(std::span(text)), ByteOffset(0)), 0);
    }
    void sync(const FileDescriptor& file) { EXPECT_EQ(disk_.sync(file.get()), 0); }
    std::optional<std::string> content(std::string_view name) {
        std::ifstream file(temp_ / name);
        if (!file) {
            return std::nullopt;
        }
        return std::string(std::istreambuf_iterator<char>(file), {});
    }

    TempDirectory temp_{Place::memory};
    TempDirectory graveyard_{Place::memory};
    PowerCutDisk disk_{system_disk(), temp_.path(), graveyard_.path()};
    FileDescriptor directory_{disk_.open_path(temp_.path().c_str(), O_RDONLY | O_DIRECTORY)};
};

TEST_F(PowerCutDiskTest, KeepsWhatWasSynced) {
    const auto file = create("a");
    write(file, "old");
    sync(file);
    sync(directory_);
    write(file, "new");
    disk_.cut(Loses::names_and_data);
    EXPECT_EQ(content("a"), "old");
}

TEST_F(PowerCutDiskTest, LosesANameThatWasNotSynced) {
    const auto file = create("a");
    write(file, "text");
    sync(file);
    disk_.cut(Loses::names);
    EXPECT_EQ(content("a"), std::nullopt);
}

TEST_F(PowerCutDiskTest, LosesDataThatWasNotSynced) {
    const auto file = create("a");
    write(file, "text");
    sync(directory_);
    disk_.cut(Loses::data);
    EXPECT_EQ(content("a"), "");
}

TEST_F(PowerCutDiskTest, UndoesARenameThatWasNotSynced) {
    const auto file = create("a");
    write(file, "text");
    sync(file);
    sync(directory_);
    EXPECT_EQ(disk_.rename_noreplace({directory_.get(), "a"}, {directory_.get(), "b"}), 0);
    disk_.cut(Loses::names);
    EXPECT_EQ(content("a"), "text");
    EXPECT_EQ(content("b"), std::nullopt);
}

TEST_F(PowerCutDiskTest, UndoesAnUnlinkThatWasNotSynced) {
    const auto file = create("a");
    write(file, "text");
    sync(file);
    sync(directory_);
    EXPECT_EQ(disk_.unlink({directory_.get(), "a"}), 0);
    disk_.cut(Loses::names_and_data);
    EXPECT_EQ(content("a"), "text");
    EXPECT_EQ(disk_.unlink({directory_.get(), "a"}), 0);
    sync(directory_);
    disk_.cut(Loses::names_and_data);
    EXPECT_EQ(content("a"), std::nullopt);
}

TEST_F(PowerCutDiskTest, LosesADirectoryThatWasNotSynced) {
    EXPECT_EQ(disk_.make_directory({directory_.get(), "lost"}), 0);
    disk_.cut(Loses::names);
    EXPECT_FALSE(std::filesystem::exists(temp_ / "lost"));
}

}  // namespace
}  // namespace slipway::support
