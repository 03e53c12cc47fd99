#include "cli/put/source_list.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "cli/test_directory.hpp"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

TEST(SourceList, AFileIsItself) {
    const TestDirectory directory;
    const auto path = directory.write("a.bin", "12345");
    const auto list = list_sources({path});
    ASSERT_EQ(list.items.size(), 1U);
    EXPECT_EQ(list.items[0].path, fs::canonical(path).string());
    EXPECT_EQ(list.items[0].shown, path);
    EXPECT_EQ(list.items[0].name, "a.bin");
    EXPECT_EQ(list.items[0].size, 5U);
    EXPECT_EQ(list.items[0].relative, "");
    EXPECT_EQ(list.items[0].root, "");
}

TEST(SourceList, ADirectoryIsItsFilesInOrder) {
    const TestDirectory directory;
    directory.write("d/b", "");
    directory.write("d/a/z", "1");
    directory.write("d/a/.hidden 'x' \"ä\"", "22");
    fs::create_symlink("b", directory.file("d/link"));
    fs::create_directory_symlink("a", directory.file("d/dirlink"));
    ::mkfifo(directory.file("d/pipe").c_str(), 0600);
    const auto list = list_sources({directory.file("d")});
    ASSERT_EQ(list.items.size(), 3U);
    EXPECT_EQ(list.items[0].relative, "a/.hidden 'x' \"ä\"");
    EXPECT_EQ(list.items[0].name, ".hidden 'x' \"ä\"");
    EXPECT_EQ(list.items[1].relative, "a/z");
    EXPECT_EQ(list.items[1].shown, directory.file("d") + "/a/z");
    EXPECT_EQ(list.items[2].relative, "b");
    EXPECT_EQ(list.items[2].root, fs::canonical(directory.file("d")).string());
    EXPECT_EQ(list.skipped.size(), 3U);
    EXPECT_TRUE(list.problems.empty());
    EXPECT_EQ(list.roots.size(), 1U);
}

TEST(SourceList, ALinkThatIsNamedIsFollowedAndKeepsItsName) {
    const TestDirectory directory;
    const auto path = directory.write("target.bin", "1");
    fs::create_symlink(path, directory.file("link.bin"));
    const auto list = list_sources({directory.file("link.bin")});
    ASSERT_EQ(list.items.size(), 1U);
    EXPECT_EQ(list.items[0].name, "link.bin");
    EXPECT_EQ(list.items[0].path, fs::canonical(path).string());
}

TEST(SourceList, NamesThatNoServerTakesAreProblemsOfTheirFiles) {
    const TestDirectory directory;
    directory.write("d/good", "1");
    directory.write("d/bad\xff", "1");
    directory.write("d/line\nbreak", "1");
    directory.write("d/\xfe dir/inner", "1");
    const auto list = list_sources({directory.file("d")});
    EXPECT_EQ(list.items.size(), 1U);
    ASSERT_EQ(list.problems.size(), 3U);
    for (const auto& problem : list.problems) {
        EXPECT_EQ(problem.failure.exit, ExitCode::failed);
    }
}

TEST(SourceList, WhatIsNotThereIsAProblem) {
    const TestDirectory directory;
    const auto list = list_sources({directory.file("absent"), directory.write("here", "1")});
    EXPECT_EQ(list.items.size(), 1U);
    ASSERT_EQ(list.problems.size(), 1U);
    EXPECT_EQ(list.problems[0].shown, directory.file("absent"));
}

}  // namespace
}  // namespace slipway::cli
