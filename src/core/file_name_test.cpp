#include "core/file_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace slipway::core {
namespace {

TEST(FileName, AnyTextOfTheRightLengthWillDo) {
    for (const auto* name :
         {"a", "..", "../../etc/passwd", "with space", "\"quoted\"", "漢字.bin", "🚢", ".hidden"}) {
        EXPECT_TRUE(is_file_name(name)) << name;
    }
    EXPECT_TRUE(is_file_name(std::string(255, 'x')));
    EXPECT_FALSE(is_file_name(std::string(256, 'x')));
    EXPECT_FALSE(is_file_name(""));
}

TEST(FileName, NoControlCharactersAndNoBrokenText) {
    for (const std::string& name :
         {std::string("a\nb"), std::string("a\0b", 3), std::string("\x7f"), std::string("\xc2\x85"),
          std::string("\xff"), std::string("tab\t")}) {
        EXPECT_FALSE(is_file_name(name));
    }
}

}  // namespace
}  // namespace slipway::core
