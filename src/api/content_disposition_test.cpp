#include "api/content_disposition.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace slipway::api {
namespace {

TEST(ContentDisposition, HasTheNameTwice) {
    EXPECT_EQ(attachment_disposition("plain.txt"),
              "attachment; filename=\"plain.txt\"; filename*=UTF-8''plain.txt");
    EXPECT_EQ(attachment_disposition("na\xc3\xafve.txt"),
              "attachment; filename=\"na__ve.txt\"; filename*=UTF-8''na%C3%AFve.txt");
}

TEST(ContentDisposition, NoByteEndsTheQuotedStringOrTheField) {
    EXPECT_EQ(
        attachment_disposition("a\"b\\c/d%e;f.txt"),
        "attachment; filename=\"a_b_c_d_e;f.txt\"; filename*=UTF-8''a%22b%5Cc%2Fd%25e%3Bf.txt");
    std::string every;
    for (int c = 1; c < 256; ++c) {
        every.push_back(static_cast<char>(c));
    }
    const std::string field = attachment_disposition(every);
    EXPECT_TRUE(std::ranges::all_of(field, [](char c) { return c >= 0x20 && c <= 0x7e; }));
    EXPECT_EQ(std::ranges::count(field, '"'), 2);
    EXPECT_EQ(std::ranges::count(field, '\\'), 0);
}

}  // namespace
}  // namespace slipway::api
