#include "daemon/durable_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

namespace slipway::daemon {
namespace {

class DurableFile : public testing::Test {
 protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "slipway-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { std::filesystem::remove_all(root_); }
    std::filesystem::path root_;
};

TEST_F(DurableFile, IsReplacedWholeAndPrivate) {
    const auto path = root_ / "file";
    ASSERT_TRUE(write_durably(path, "one"));
    ASSERT_TRUE(write_durably(path, "two, longer"));
    EXPECT_EQ(*read_small_file(path), "two, longer");
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(DurableFile, ErrorsSayWhich) {
    EXPECT_EQ(read_small_file(root_ / "none").error().code, Errc::not_found);
    const auto failed = write_durably(root_ / "none" / "file", "x");
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().detail.find("none"), std::string::npos);
    ASSERT_TRUE(write_durably(root_ / "large", std::string(70'000, 'x')));
    EXPECT_EQ(read_small_file(root_ / "large").error().code, Errc::too_large);
}

TEST_F(DurableFile, DirectoriesAreMadeWithTheirParents) {
    ASSERT_TRUE(create_directory_durably(root_ / "a" / "b" / "c"));
    ASSERT_TRUE(create_directory_durably(root_ / "a" / "b" / "c"));
    EXPECT_TRUE(std::filesystem::is_directory(root_ / "a" / "b" / "c"));
    ASSERT_TRUE(write_durably(root_ / "plain", "x"));
    EXPECT_FALSE(create_directory_durably(root_ / "plain"));
    EXPECT_FALSE(create_directory_durably(root_ / "plain" / "below"));
    const auto nowhere = create_directory_durably("/proc/nowhere/below");
    ASSERT_FALSE(nowhere);
    EXPECT_TRUE(nowhere.error().detail.contains("/proc/nowhere")) << nowhere.error().detail;
}

}  // namespace
}  // namespace slipway::daemon
