#include "api/form/form_fields.hpp"

#include <gtest/gtest.h>

namespace slipway::api::form {
namespace {

const std::string kSha256(64, 'a');
const std::string kMd5(32, 'b');

// "" or the reason.
std::string add(FormFields& fields, std::string name, std::string value) {
    const auto added = fields.add({std::move(name), std::move(value)});
    return added ? "" : added.error().reason;
}

TEST(FormFields, OrdinaryFieldsAreMetadata) {
    FormFields fields;
    EXPECT_EQ(add(fields, "a", "1"), "");
    EXPECT_EQ(add(fields, "b", ""), "");
    EXPECT_EQ(add(fields, "_charset_", "utf-8"), "");
    EXPECT_EQ(fields.metadata(), (std::map<std::string, std::string>{{"a", "1"}, {"b", ""}}));
    EXPECT_TRUE(fields.finish());
    EXPECT_EQ(add(fields, "a", "2"), "two fields a");
    EXPECT_EQ(add(fields, "upload", "x"), "a field upload that is no file");
    EXPECT_EQ(add(fields, "_charset_", "latin1"), "another charset than UTF-8");
}

TEST(FormFields, MetadataHasTheLimitOfUploads) {
    FormFields fields;
    EXPECT_EQ(add(fields, "a", std::string(8191, 'x')), "");
    EXPECT_EQ(add(fields, "b", ""), "fields of more than 8192 bytes in names and values");
}

TEST(FormFields, ADigestIsOfTheNextFile) {
    FormFields fields;
    EXPECT_EQ(add(fields, "sha256", kSha256), "");
    EXPECT_EQ(add(fields, "md5", kMd5), "");
    EXPECT_FALSE(fields.finish());
    EXPECT_EQ(add(fields, "sha256", kSha256), "two fields sha256 for one file");
    const StatedDigests stated = fields.take_stated();
    EXPECT_TRUE(stated.sha256 && stated.md5);
    EXPECT_FALSE(fields.take_stated().sha256);
    EXPECT_TRUE(fields.finish());
    EXPECT_EQ(add(fields, "md5", kMd5), "");
    EXPECT_EQ(fields.finish().error().reason, "a digest that no file follows");
    EXPECT_TRUE(fields.metadata().empty());
}

TEST(FormFields, ADigestIsLowerCaseHexadecimal) {
    for (const std::string& value :
         {std::string(), kMd5, kSha256 + "a", std::string(64, 'A'), std::string(64, 'g')}) {
        FormFields fields;
        EXPECT_EQ(add(fields, "sha256", value),
                  "a field sha256 that is not lower-case hexadecimal");
    }
}

TEST(FormFields, ThePathOfAFileIsLeftOut) {
    EXPECT_EQ(base_name("a.txt"), "a.txt");
    EXPECT_EQ(base_name("dir/sub/a.txt"), "a.txt");
    EXPECT_EQ(base_name("C:\\dir\\a.txt"), "a.txt");
    EXPECT_EQ(base_name("C:\\dir/a.txt"), "a.txt");
    EXPECT_EQ(base_name("a\\b.txt"), "a\\b.txt");
    EXPECT_EQ(base_name("C:a"), "C:a");
    EXPECT_EQ(base_name("dir/"), "");
}

TEST(FormFields, NamesAndTypesAreThoseOfFiles) {
    EXPECT_EQ(find_fault({"upload", std::string(255, 'x'), "text/plain; charset=utf-8"}),
              std::nullopt);
    EXPECT_EQ(find_fault({"upload", "dir/" + std::string(255, 'x'), ""}), std::nullopt);
    for (const std::string& name :
         {std::string(256, 'x'), std::string("a\nb"), std::string("dir/")}) {
        EXPECT_TRUE(find_fault({"upload", name, ""})) << name;
    }
    EXPECT_TRUE(find_fault({"upload", "a", std::string(256, 'x')}));
    EXPECT_TRUE(find_fault({"upload", "a", "text/\xc3\xa9"}));
}

}  // namespace
}  // namespace slipway::api::form
