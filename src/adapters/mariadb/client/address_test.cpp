#include "adapters/mariadb/client/address.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::mariadb {
namespace {

TEST(ServerAddress, HasUserHostPortAndDatabase) {
    const auto full = parse_server_address("mysql://up_load@db-1.example:3307/slip.way");
    ASSERT_TRUE(full) << full.error().detail;
    EXPECT_EQ(full->user, "up_load");
    EXPECT_EQ(full->host, "db-1.example");
    EXPECT_EQ(full->port, 3307);
    EXPECT_EQ(full->database, "slip.way");
    EXPECT_EQ(parse_server_address("mysql://u@h/d")->port, 3306);
    EXPECT_EQ(parse_server_address("mysql://u@[::1]:1/d")->host, "::1");
    EXPECT_EQ(parse_server_address("mysql://u@[::1]:65535/d")->port, 65535);
}

TEST(ServerAddress, RefusesWhatItDoesNotMean) {
    for (const auto* const url :
         {"", "mysql://", "http://u@h/d", "mysql://h/d", "mysql://u@h", "mysql://u@/d",
          "mysql://@h/d", "mysql://u@h/", "mysql://u:secret@h/d", "mysql://u@h:0/d",
          "mysql://u@h:65536/d", "mysql://u@h:/d", "mysql://u@h:1x/d", "mysql://u@[::1/d",
          "mysql://u@[::1]1/d", "mysql://u@h/d?x=1", "mysql://u@h/d/e", "mysql://u'@h/d"}) {
        const auto parsed = parse_server_address(url);
        ASSERT_FALSE(parsed) << url;
        EXPECT_EQ(parsed.error().code, Errc::invalid);
    }
    EXPECT_FALSE(parse_server_address("mysql://u@h/" + std::string(65, 'd')));
    EXPECT_TRUE(parse_server_address("mysql://u@h/" + std::string(64, 'd')));
}

}  // namespace
}  // namespace slipway::adapters::mariadb
