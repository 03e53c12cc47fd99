#include "adapters/s3/store/part_objects.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::s3 {
namespace {

const std::string kName = "0123456789abcdef0123456789abcdef";

TEST(PartReceipt, IsReadAsItWasWritten) {
    for (const PartReceipt& receipt :
         {PartReceipt{ByteOffset(0), kName, "etag"}, PartReceipt{ByteOffset(1U << 30U), kName, ""},
          PartReceipt{ByteOffset(7), kName, "an etag-with 2 spaces"}, PartReceipt{}}) {
        EXPECT_EQ(parse_receipt(format_receipt(receipt)), receipt);
    }
    EXPECT_EQ(format_receipt({ByteOffset(65536), kName, "e"}), "65536-" + kName + " e");
    EXPECT_EQ(format_receipt({}), "empty");
}

TEST(PartReceipt, IsNothingElse) {
    for (const std::string& text :
         {std::string(), std::string("etag"), kName, "1-" + kName, "-" + kName + " e",
          "x-" + kName + " e", "1-" + kName.substr(1) + " e", "1-G" + kName.substr(1) + " e",
          "1 -" + kName + " e", "99999999999999999999-" + kName + " e"}) {
        EXPECT_EQ(parse_receipt(text), std::nullopt) << text;
    }
}

TEST(PartGroup, IsKnownAmongMultipartUploads) {
    const UploadId id = *UploadId::parse(kName);
    const PartGroup group{id, kName};
    EXPECT_EQ(PartGroup::of_upload(id, group.as_upload()), group);
    for (const std::string& name : {kName, "parts:" + kName.substr(1), "parts:" + kName + "0",
                                    std::string("parts:"), std::string()}) {
        EXPECT_EQ(PartGroup::of_upload(id, name), std::nullopt) << name;
    }
}

}  // namespace
}  // namespace slipway::adapters::s3
