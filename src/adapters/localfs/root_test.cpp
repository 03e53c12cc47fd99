#include "adapters/localfs/root.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/local_fs_rig.hpp"

namespace slipway::adapters::localfs {
namespace {

namespace fs = std::filesystem;
using support::FaultyDisk;
using support::Lasting;
using support::TempDirectory;

std::string read(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, std::string_view text) {
    std::ofstream(path) << text;
}

mode_t mode_of(const fs::path& path) {
    struct stat now{};
    return ::stat(path.c_str(), &now) == 0 ? now.st_mode & 0777U : 0;
}

class RootTest : public testing::Test {
 protected:
    Result<Root> open() { return Root::open(disk_, path()); }
    std::string path() const { return temp_ / "a/b/blobs"; }
    // Of that kind, in their order.
    std::vector<std::string> calls_of(std::string_view verb) const {
        std::vector<std::string> found = disk_->calls();
        std::erase_if(found, [&](const std::string& call) { return !call.starts_with(verb); });
        return found;
    }

    TempDirectory temp_{support::Place::memory};
    std::shared_ptr<FaultyDisk> disk_ =
        std::make_shared<FaultyDisk>(system_disk(), temp_ / "a/b/blobs");
};

TEST_F(RootTest, CreatesTheTree) {
    const auto root = open();
    ASSERT_TRUE(root) << root.error().detail;
    EXPECT_EQ(read(path() + "/format"), "slipway-blobs 1\n");
    for (const char* area : {"/staging", "/files"}) {
        EXPECT_EQ(mode_of(path() + area), 0700U);
        EXPECT_EQ(mode_of(path() + area + "/00"), 0700U);
        const auto shards = fs::directory_iterator(path() + area);
        EXPECT_EQ(std::distance(shards, fs::directory_iterator{}), 256);
    }
    EXPECT_EQ(mode_of(path() + "/format"), 0600U);
    EXPECT_EQ(mode_of(path()), 0700U);
}

TEST_F(RootTest, SyncsTheTreeUpToWhatWasThere) {
    ASSERT_TRUE(open());
    std::vector<std::string> syncs;
    for (const std::string& call : disk_->calls()) {
        if (call.starts_with("fsync") || call.starts_with("rename")) {
            syncs.push_back(call);
        }
    }
    const std::string temp = temp_.path().string();
    EXPECT_EQ(syncs, (std::vector<std::string>{
                         "fsync " + temp_.path().parent_path().string(), "fsync " + temp,
                         "fsync " + temp + "/a", "fsync " + temp + "/a/b", "fsync format.new",
                         "rename format.new format", "fsync .", "fsync staging", "fsync files",
                         "fsync trash", "fsync ."}));
}

TEST_F(RootTest, OpensWhatItCreated) {
    ASSERT_TRUE(open());
    EXPECT_TRUE(open());
    EXPECT_TRUE(Root::open(disk_, path() + "/"));
}

// A start must not make 768 calls to learn that nothing is missing, and must sync all the same:
// whoever made the directories may have died before their names were durable.
TEST_F(RootTest, ListsWhatItCreatedAndMakesOnlyWhatIsMissing) {
    ASSERT_TRUE(open());
    EXPECT_EQ(calls_of("mkdir").size(), 3 + 3 + 3 * Root::kShards);
    disk_->forget_calls();
    ASSERT_TRUE(open());
    EXPECT_EQ(calls_of("mkdir"),
              (std::vector<std::string>{"mkdir staging", "mkdir files", "mkdir trash"}));
    EXPECT_EQ(calls_of("list"),
              (std::vector<std::string>{"list .", "list staging", "list files", "list trash"}));
    EXPECT_LT(disk_->calls().size(), 30U);
    fs::remove(path() + "/files/00");
    fs::remove(path() + "/files/7f");
    fs::remove(path() + "/trash/ff");
    disk_->forget_calls();
    ASSERT_TRUE(open());
    EXPECT_EQ(calls_of("mkdir"),
              (std::vector<std::string>{"mkdir staging", "mkdir files", "mkdir files/00",
                                        "mkdir files/7f", "mkdir trash", "mkdir trash/ff"}));
    const std::vector<std::string> order = disk_->calls();
    EXPECT_LT(std::ranges::find(order, "mkdir files/7f"), std::ranges::find(order, "fsync files"));
    for (const char* area : {"fsync staging", "fsync files", "fsync trash"}) {
        EXPECT_EQ(std::ranges::count(order, area), 1) << area;
    }
}

TEST_F(RootTest, IsLockedWhileItIsOpen) {
    const auto first = open();
    ASSERT_TRUE(first);
    const auto second = open();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
    EXPECT_NE(second.error().detail.find(path()), std::string::npos);
}

TEST_F(RootTest, RefusesAnotherVersion) {
    ASSERT_TRUE(open());
    write(path() + "/format", "slipway-blobs 7\n");
    const auto root = open();
    ASSERT_FALSE(root);
    EXPECT_EQ(root.error().code, Errc::unsupported);
    EXPECT_NE(root.error().detail.find(path()), std::string::npos) << root.error().detail;
    EXPECT_NE(root.error().detail.find("version 7"), std::string::npos) << root.error().detail;
}

TEST_F(RootTest, RefusesADamagedFormatFile) {
    ASSERT_TRUE(open());
    for (const char* text : {"", "slipway-blobs 1", "something else\n", "slipway-blobs 1\n\n"}) {
        write(path() + "/format", text);
        const auto root = open();
        ASSERT_FALSE(root) << text;
        EXPECT_TRUE(root.error().code == Errc::invalid || root.error().code == Errc::unsupported);
    }
}

TEST_F(RootTest, LeavesAForeignDirectoryAlone) {
    fs::create_directories(path());
    write(path() + "/thesis.txt", "years of work");
    const auto root = open();
    ASSERT_FALSE(root);
    EXPECT_EQ(root.error().code, Errc::invalid);
    EXPECT_NE(root.error().detail.find(path()), std::string::npos);
    EXPECT_EQ(std::distance(fs::directory_iterator(path()), {}), 1);
}

TEST_F(RootTest, TakesAnEmptyDirectoryAndANewFileSystem) {
    fs::create_directories(path() + "/lost+found");
    EXPECT_TRUE(open());
    EXPECT_TRUE(open());
}

TEST_F(RootTest, RefusesAFileInPlaceOfADirectory) {
    fs::create_directories(temp_ / "a/b");
    write(path(), "a file");
    EXPECT_FALSE(open());
}

// mkdir of the shards apart, of which there are 768.
TEST_F(RootTest, CanBeOpenedAfterAStartThatFailedAnywhere) {
    for (const char* calls :
         {"open", "fsync", "rename", "pwrite", "list", "flock", "mkdir staging", "mkdir files/f"}) {
        for (std::size_t n = 1;; ++n) {
            fs::remove_all(temp_ / "a");
            disk_->arm({.nth = n, .lasting = Lasting::onward, .calls = calls});
            const bool opened = open().has_value();
            const bool fired = disk_->fired() > 0;
            disk_->disarm();
            EXPECT_NE(opened, fired) << calls << " " << n;
            const auto again = open();
            EXPECT_TRUE(again) << calls << " " << n << ": " << again.error().detail;
            if (!fired || n >= 12) {
                break;
            }
        }
    }
}

}  // namespace
}  // namespace slipway::adapters::localfs
