#include "daemon/consul/overrides.hpp"

#include <gtest/gtest.h>

#include "telemetry/log.hpp"

namespace slipway::daemon {
namespace {

using telemetry::Level;

ConfigSources sources(std::map<std::string, std::string> environment = {}) {
    const auto find = [environment](const std::string& name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    return {.environment = find};
}

TEST(Overrides, AreTheKeysBelowThePrefix) {
    EXPECT_EQ(overrides_prefix("slipway"), "slipway/config/");
    EXPECT_EQ(overrides_of("a/config/", {{"a/config/", ""},
                                         {"a/config/log.level", "debug"},
                                         {"b/config/log.level", "warn"}}),
              (Overrides{{"a/config/log.level", "debug"}}));
}

class LiveSettingsTest : public ::testing::Test {
 protected:
    void SetUp() override { telemetry::set_log_level(Level::info); }
    void TearDown() override { telemetry::set_log_level(Level::info); }
    static Level level_after(LiveSettings& live, const Overrides& overrides) {
        live.take(overrides);
        return telemetry::log_level();
    }
};

TEST_F(LiveSettingsTest, TheLogLevelChangesAndChangesBack) {
    LiveSettings live(Config(), sources());
    EXPECT_EQ(level_after(live, {{"slipway/config/log.level", "debug"}}), Level::debug);
    EXPECT_EQ(level_after(live, {{"slipway/config/log.level", "error"}}), Level::error);
    EXPECT_EQ(level_after(live, {}), Level::info);
}

TEST_F(LiveSettingsTest, WhatCannotBeLeavesEverythingAsItIs) {
    LiveSettings live(Config(), sources());
    EXPECT_EQ(level_after(live, {{"slipway/config/log.level", "debug"},
                                 {"slipway/config/limits.burst", "none"}}),
              Level::info);
}

TEST_F(LiveSettingsTest, TheServersOwnEnvironmentStandsAbove) {
    LiveSettings live(Config(), sources({{"SLIPWAY_LOG_LEVEL", "info"}}));
    EXPECT_EQ(level_after(live, {{"slipway/config/log.level", "debug"}}), Level::info);
}

}  // namespace
}  // namespace slipway::daemon
