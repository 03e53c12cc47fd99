#include "cli/servers/server_location.hpp"

#include <gtest/gtest.h>

namespace slipway::cli {
namespace {

TEST(ServerLocation, IsAUrlWithoutTheSlashAtItsEnd) {
    EXPECT_EQ(std::get<OneServer>(*parse_location("https://h:1/files//")).url, "https://h:1/files");
    EXPECT_EQ(std::get<OneServer>(*parse_location("http://h")).url, "http://h");
}

TEST(ServerLocation, IsAServiceInConsul) {
    const auto found = std::get<ConsulService>(*parse_location("consul://c:8500/up-load/"));
    EXPECT_EQ(found.address, "http://c:8500");
    EXPECT_EQ(found.service, "up-load");
}

TEST(ServerLocation, IsANameInDns) {
    EXPECT_EQ(std::get<SrvName>(*parse_location("srv://_slipway._tcp.example.org")).name,
              "_slipway._tcp.example.org");
    EXPECT_EQ(std::get<SrvName>(*parse_location("srv://a.")).name, "a.");
}

TEST(ServerLocation, RefusesEverythingElse) {
    for (const std::string text :
         {"", "h:1", "ftp://h", "http://h?a", "http://h#a", "consul://", "consul://h:1",
          "consul:///slipway", "consul://h:1/a/b", "consul://h:x/a", "srv://", "srv://a..b",
          "srv://a/b", "srv://a:53", "srv://.", "srv://a b"}) {
        const auto refused = parse_location(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().exit, ExitCode::usage) << text;
    }
    EXPECT_TRUE(parse_location("srv://" + std::string(63, 'a')));
    EXPECT_FALSE(parse_location("srv://" + std::string(64, 'a')));
}

TEST(Resolver, IsAnAddressWithOrWithoutAPort) {
    EXPECT_EQ(parse_resolver("127.0.0.1")->port, 53);
    EXPECT_EQ(parse_resolver("127.0.0.1:8600")->port, 8600);
    for (const std::string text :
         {"", "h", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:5x", "::1"}) {
        EXPECT_FALSE(parse_resolver(text)) << text;
    }
}

}  // namespace
}  // namespace slipway::cli
