// A walk over the calls of a scenario: in each round one call more than before goes well, then one
// fails, until a round comes to its end untouched.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace slipway::testing {

// `play` has call number `at` fail, and tells whether the scenario came to its end untouched. It
// has at least so many calls; fewer mean that the fault did not fire.
inline void walk_calls(int least_calls, const std::function<bool(int at)>& play) {
    constexpr int kMostCalls = 200;
    int at = 0;
    for (bool untouched = false; !untouched;) {
        ++at;
        ASSERT_LT(at, kMostCalls) << "the scenario never came to its end";
        SCOPED_TRACE("call " + std::to_string(at));
        untouched = play(at);
        if (::testing::Test::HasFatalFailure()) {
            return;
        }
    }
    EXPECT_GE(at, least_calls);
}

}  // namespace slipway::testing
