#include "cli/get/local_name.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace slipway::cli {
namespace {

TEST(LocalName, NamesThatAreFineStay) {
    for (const auto* name :
         {"a", "a b.txt", ".hidden", "...", "ä 漢 😀.png", "it's \"quoted\"", "-rf", "a..b"}) {
        EXPECT_EQ(local_name(name), name);
    }
}

TEST(LocalName, NothingIsAPath) {
    EXPECT_EQ(local_name("../../etc/passwd"), ".._.._etc_passwd");
    EXPECT_EQ(local_name("/etc/passwd"), "_etc_passwd");
    EXPECT_EQ(local_name("..\\x"), ".._x");
    EXPECT_EQ(local_name(".."), "download");
    EXPECT_EQ(local_name("."), "download");
    EXPECT_EQ(local_name(""), "download");
    EXPECT_EQ(local_name("a\nb\x1b[0m\u202e"), "a_b_[0m_");
    EXPECT_EQ(local_name(std::string("a\0b", 3)), "a_b");
}

TEST(LocalName, LongNamesAreCutBetweenCharacters) {
    EXPECT_EQ(local_name(std::string(300, 'x')), std::string(255, 'x'));
    std::string umlauts = "x";
    for (int i = 0; i < 200; ++i) {
        umlauts += "ä";
    }
    const auto cut = local_name(umlauts);
    EXPECT_LE(cut.size(), 255U);
    EXPECT_GE(cut.size(), 254U);
    EXPECT_TRUE(is_utf8(cut));
}

TEST(LocalName, ThePartHasRoomForItsEnding) {
    EXPECT_EQ(part_path("dir/a.bin", "00ff"), "dir/a.bin.part");
    EXPECT_EQ(part_path("a.bin", "00ff"), "a.bin.part");
    const auto longest = std::string(255, 'x');
    EXPECT_EQ(part_path(longest, "00ff"), "slipway-00ff.part");
    EXPECT_EQ(part_path("dir/" + longest, "00ff"), "dir/slipway-00ff.part");
}

TEST(Disposition, FindsTheName) {
    EXPECT_EQ(disposition_name("attachment; filename=\"a b.txt\""), "a b.txt");
    EXPECT_EQ(disposition_name("attachment; filename=plain.txt"), "plain.txt");
    EXPECT_EQ(disposition_name("attachment; FileName=\"a;b\\\"c\\\\d\""), "a;b\"c\\d");
    EXPECT_EQ(disposition_name("attachment; filename=\"a\"; filename*=UTF-8''%C3%A4%20b"), "ä b");
    EXPECT_EQ(disposition_name("attachment; filename*=utf-8'en'x; filename=\"y\""), "x");
}

TEST(Disposition, FallsBackWhereTheBetterNameIsBroken) {
    EXPECT_EQ(disposition_name("attachment; filename*=UTF-8''%ZZ; filename=\"y\""), "y");
    EXPECT_EQ(disposition_name("attachment; filename*=latin1''%E4; filename=\"y\""), "y");
    EXPECT_EQ(disposition_name("attachment; filename*=UTF-8''%ff; filename=\"y\""), "y");
    EXPECT_EQ(disposition_name("attachment; filename*=UTF-8; filename=\"y\""), "y");
}

TEST(Disposition, NoName) {
    EXPECT_FALSE(disposition_name(""));
    EXPECT_FALSE(disposition_name("attachment"));
    EXPECT_FALSE(disposition_name("attachment; ;;; size=3"));
    EXPECT_EQ(disposition_name("attachment; filename=\"open"), "\"open");
    EXPECT_EQ(disposition_name("attachment; filename="), "");
}

}  // namespace
}  // namespace slipway::cli
