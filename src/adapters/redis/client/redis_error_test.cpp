#include "adapters/redis/client/redis_error.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::redis {
namespace {

TEST(RedisError, SaysWhatTheCallerCanDo) {
    struct Case {
        const char* text;
        Errc code;
        bool wrong_server;
    };
    for (const Case& given : {
             Case{"NOAUTH Authentication required.", Errc::forbidden, false},
             Case{"WRONGPASS invalid username-password pair", Errc::forbidden, false},
             Case{"NOPERM this user has no permissions", Errc::forbidden, false},
             Case{"READONLY You can't write against a read only replica.", Errc::unavailable, true},
             Case{"LOADING Redis is loading the dataset in memory", Errc::unavailable, true},
             Case{"MASTERDOWN Link with MASTER is down", Errc::unavailable, true},
             Case{"NOREPLICAS Not enough good replicas to write.", Errc::unavailable, false},
             Case{"BUSY Redis is busy running a script.", Errc::unavailable, false},
             Case{"MISCONF Redis is configured to save RDB snapshots", Errc::unavailable, false},
             Case{"TRYAGAIN Multiple keys request", Errc::unavailable, false},
             Case{"OOM command not allowed when used memory > 'maxmemory'.", Errc::storage_full,
                  false},
             Case{"ERR unknown command", Errc::invalid, false},
             Case{"READONLYISH", Errc::invalid, false},
             Case{"", Errc::invalid, false},
         }) {
        EXPECT_EQ(translate_failure(given.text).code, given.code) << given.text;
        EXPECT_EQ(is_wrong_server(given.text), given.wrong_server) << given.text;
    }
    EXPECT_TRUE(is_unknown_script("NOSCRIPT No matching script. Please use EVAL."));
    EXPECT_FALSE(is_unknown_script("ERR NOSCRIPT"));
}

}  // namespace
}  // namespace slipway::adapters::redis
