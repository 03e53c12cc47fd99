#include "http/form/part_head.hpp"

#include <gtest/gtest.h>

namespace slipway::http {
namespace {

constexpr std::string_view kPlain = "Content-Disposition: form-data; name=\"f\"; filename=";

// The file's name, "(none)" of a field, or "!" and the fault.
std::string name_of(std::string_view text) {
    const auto head = parse_part_head(text, 16);
    return head ? head->file_name.value_or("(none)") : "!" + head.error().reason;
}
std::string file_name(std::string_view value) {
    return name_of(std::string(kPlain) + std::string(value) + "\r\n");
}

TEST(PartHead, NamesAndTypes) {
    EXPECT_EQ(parse_part_head("content-disposition:form-data ;NAME=a\r\n", 16),
              (FormPartHead{"a", std::nullopt, ""}));
    EXPECT_EQ(
        parse_part_head("Content-Type: \t image/png \r\nX-Other: \xc3\xa9\r\n"
                        "Content-Disposition: form-data; name=\"a b\"; filename=\"c\"; size=3;\r\n",
                        16),
        (FormPartHead{"a b", "c", "image/png"}));
    EXPECT_EQ(parse_part_head("Content-Disposition: form-data; name=\"\xe6\x97\xa5%22%0D%0a\"\r\n"
                              "Content-Transfer-Encoding: Binary\r\n",
                              16),
              (FormPartHead{"\xe6\x97\xa5\"\r\n", std::nullopt, ""}));
}

// As browsers, curl and Python's libraries write them.
TEST(PartHead, FileNamesAsClientsWriteThem) {
    EXPECT_EQ(file_name("\"a.txt\""), "a.txt");
    EXPECT_EQ(file_name("a.txt"), "a.txt");
    EXPECT_EQ(file_name("\"\""), "");
    EXPECT_EQ(file_name("\"say %22hi%22.txt\""), "say \"hi\".txt");
    EXPECT_EQ(file_name("\"say \\\"hi\\\".txt\""), "say \"hi\".txt");
    EXPECT_EQ(file_name("\"two%0D%0Alines\""), "two\r\nlines");
    EXPECT_EQ(file_name("\"100%25 %2f %41\""), "100%25 %2f %41");
    EXPECT_EQ(file_name("\"C:\\dir\\new.txt\""), "C:\\dir\\new.txt");
    EXPECT_EQ(file_name("\"a\\\\b\""), "a\\b");
    EXPECT_EQ(file_name("\"semi;colon=1, \xf0\x9f\x98\x80\""), "semi;colon=1, \xf0\x9f\x98\x80");
    EXPECT_EQ(file_name("\"x\"; filename*=UTF-8''na%C3%AFve%20%22"), "na\xc3\xafve \"");
    EXPECT_EQ(name_of("Content-Disposition: form-data; name=f; filename*=utf-8'en'a\r\n"), "a");
}

TEST(PartHead, WhatIsMalformedIsAFault) {
    for (const std::string_view value :
         {"\"a", "\"a\\\"", "\"a\"x", "a b", "", "\"a\" \"b\"", "\"a\"; filename=\"b\"",
          "\"a\"; name=\"g\"", "\"a\"; =b", "\"a\"; b", "\"a\"; b= c"}) {
        EXPECT_EQ(file_name(value), "!a Content-Disposition that is not form-data") << value;
    }
    for (const std::string_view value : {"a", "UTF-8'a", "ISO-8859-1''a", "''a", "UTF-8''%",
                                         "UTF-8''%4", "UTF-8''%ff", "UTF-8''%00", "UTF-8''a'b"}) {
        EXPECT_EQ(file_name("x; filename*=" + std::string(value)),
                  "!a filename* that is not UTF-8 in RFC 8187 form")
            << value;
    }
    const std::string good = std::string(kPlain) + "\"a\"\r\n";
    EXPECT_EQ(name_of(""), "!a part without Content-Disposition");
    EXPECT_EQ(name_of("Content-Type: a/b\r\n"), "!a part without Content-Disposition");
    EXPECT_EQ(name_of("Content-Disposition: attachment; name=a\r\n"),
              "!a Content-Disposition that is not form-data");
    EXPECT_EQ(name_of("Content-Disposition: form-data\r\n"), "!a part without a name");
    EXPECT_EQ(name_of("Content-Disposition: form-data; name=\"\"\r\n"), "!a part without a name");
    EXPECT_EQ(name_of("Content-Disposition: form-data; name*=UTF-8''a\r\n"),
              "!a part without a name");
    EXPECT_EQ(name_of(good + good), "!a part with two fields Content-Disposition");
    EXPECT_EQ(name_of(good + "Content-Type: a\r\ncontent-type: b\r\n"),
              "!a part with two fields Content-Type");
    EXPECT_EQ(name_of(good + "Content-Transfer-Encoding: base64\r\n"),
              "!a part with a Content-Transfer-Encoding");
    EXPECT_EQ(name_of(good + "X: \xff\r\n"), "!a part's head that is not UTF-8");
}

TEST(PartHead, LinesThatAreNoneAreAFault) {
    const std::string good = std::string(kPlain) + "\"a\"\r\n";
    for (const std::string& line :
         {std::string("no colon"), std::string(": no name"), std::string("Spaced : x"),
          std::string(" folded: x"), std::string("\tfolded"), std::string("X: a\nY: b"),
          std::string("X: a\rb"), std::string("X: a\x7f"), std::string("X: a\0b", 6),
          std::string("(X): y")}) {
        EXPECT_EQ(name_of(good + line + "\r\n"), "!a part's header line that is none") << line;
        EXPECT_EQ(name_of(line + "\r\n" + good), "!a part's header line that is none") << line;
    }
}

TEST(PartHead, TheBoundaryOfAForm) {
    EXPECT_EQ(form_boundary("multipart/form-data; boundary=----WebKitFormBoundaryAbC1"),
              "----WebKitFormBoundaryAbC1");
    EXPECT_EQ(form_boundary("Multipart/Form-Data;charset=utf-8;BOUNDARY=\"a b:c=d/?('),+_.\""),
              "a b:c=d/?('),+_.");
    EXPECT_EQ(form_boundary("multipart/form-data; boundary=" + std::string(70, 'b')),
              std::string(70, 'b'));
    for (const std::string& type :
         {std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
          std::string("multipart/form-data; boundary=\"\""),
          std::string("multipart/form-data; boundary=a b"),
          std::string("multipart/form-data; boundary=\"a \""),
          std::string("multipart/form-data; boundary=a; boundary=b"),
          "multipart/form-data; boundary=" + std::string(71, 'b'),
          std::string("multipart/form-data; boundary=\"a\\\"b\""),
          std::string("multipart/form-data; boundary=a*"),
          std::string("multipart/mixed; boundary=a"),
          std::string("multipart/form-datax; boundary=a"), std::string("text/plain"),
          std::string("")}) {
        EXPECT_EQ(form_boundary(type), std::nullopt) << type;
    }
    EXPECT_TRUE(is_form("multipart/form-data"));
    EXPECT_TRUE(is_form("Multipart/Form-Data ; boundary=\""));
    EXPECT_FALSE(is_form("multipart/mixed; boundary=a"));
}

}  // namespace
}  // namespace slipway::http
