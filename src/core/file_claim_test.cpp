#include "core/file_claim.hpp"

#include <gtest/gtest.h>

namespace slipway::core {
namespace {

File temporary() {
    File file;
    file.name = "sent.txt";
    file.content_type = "text/plain";
    file.metadata = {{"a", "1"}};
    file.expires_at = from_unix_millis(1000);
    return file;
}

TEST(FileClaim, AFileExpiresAtItsTime) {
    EXPECT_FALSE(has_expired(temporary(), from_unix_millis(999)));
    EXPECT_TRUE(has_expired(temporary(), from_unix_millis(1000)));
    EXPECT_FALSE(has_expired(File{}, from_unix_millis(1000)));
}

TEST(FileClaim, WhatIsNotClaimedOtherwiseStays) {
    const File kept = claim(temporary(), {});
    EXPECT_EQ(kept.expires_at, std::nullopt);
    EXPECT_EQ(kept.name, "sent.txt");
    EXPECT_EQ(kept.metadata.at("a"), "1");
    const FileClaim other{.name = "new", .content_type = "", .metadata = {{{"b", "2"}}}};
    const File changed = claim(temporary(), other);
    EXPECT_EQ(changed.name, "new");
    EXPECT_EQ(changed.content_type, "");
    EXPECT_EQ(changed.metadata, (std::map<std::string, std::string>{{"b", "2"}}));
    EXPECT_TRUE(is_made_by(changed, other));
    EXPECT_TRUE(is_made_by(changed, {}));
    EXPECT_FALSE(is_made_by(kept, other));
    EXPECT_FALSE(is_made_by(temporary(), {}));
}

}  // namespace
}  // namespace slipway::core
