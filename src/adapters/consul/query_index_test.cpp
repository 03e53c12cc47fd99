#include "adapters/consul/query_index.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::consul {
namespace {

TEST(QueryIndex, TheFirstQueryDoesNotWait) {
    EXPECT_EQ(QueryIndex().value(), 0U);
}

TEST(QueryIndex, FollowsWhatIsAnswered) {
    QueryIndex index;
    EXPECT_TRUE(index.take(7));
    EXPECT_EQ(index.value(), 7U);
    EXPECT_TRUE(index.take(9));
    EXPECT_EQ(index.value(), 9U);
}

TEST(QueryIndex, AQueryThatEndedByItsTimeHoldsNothingNew) {
    QueryIndex index;
    index.take(7);
    EXPECT_FALSE(index.take(7));
    EXPECT_EQ(index.value(), 7U);
}

TEST(QueryIndex, BeginsAnewWhenTheIndexGoesBackwards) {
    QueryIndex index;
    index.take(1000);
    EXPECT_TRUE(index.take(3));
    EXPECT_EQ(index.value(), 0U);
    EXPECT_TRUE(index.take(3));
    EXPECT_EQ(index.value(), 3U);
}

TEST(QueryIndex, AnIndexOfZeroDoesNotMakeALoopWithoutAPause) {
    QueryIndex index;
    EXPECT_TRUE(index.take(0));
    EXPECT_EQ(index.value(), 1U);
}

}  // namespace
}  // namespace slipway::adapters::consul
