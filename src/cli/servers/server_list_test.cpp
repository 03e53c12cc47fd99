#include "cli/servers/server_list.hpp"

#include <gtest/gtest.h>

#include <map>

namespace slipway::cli {
namespace {

using namespace std::chrono_literals;

const ServerList::Time kNow{100h};

// How often each is chosen in so many even steps of chance.
std::map<std::string, int> shares(const ServerList& list, ServerList::Time now, int steps = 100) {
    std::map<std::string, int> chosen;
    for (int i = 0; i < steps; ++i) {
        ++chosen[list.choose(now, static_cast<double>(i) / steps)];
    }
    return chosen;
}

TEST(ServerList, SharesByWeightWithinTheBestPriority) {
    const ServerList list({{"http://a", 1, 3}, {"http://b", 1, 1}, {"http://c", 2, 9}});
    EXPECT_EQ(shares(list, kNow), (std::map<std::string, int>{{"http://a", 75}, {"http://b", 25}}));
    const ServerList nothing({{"http://a", 0, 0}, {"http://b", 0, 0}});
    EXPECT_EQ(shares(nothing, kNow).size(), 2U);
}

TEST(ServerList, WhatFailedRestsAndLongerEachTime) {
    ServerList list({{"http://a:1", 0, 1}, {"http://a:11", 0, 1}});
    list.note_failure("http://a:1/upload/x", kNow);
    EXPECT_TRUE(list.rests("http://a:1", kNow));
    EXPECT_FALSE(list.rests("http://a:11/upload/x", kNow));
    EXPECT_EQ(shares(list, kNow).count("http://a:1"), 0U);
    EXPECT_EQ(shares(list, kNow + 1s).count("http://a:1"), 1U);
    // What failed at the same time does not count again.
    list.note_failure("http://a:1", kNow);
    EXPECT_FALSE(list.rests("http://a:1", kNow + 1s));
    auto now = kNow + 1s;
    for (const auto rest : {2s, 4s, 8s, 16s, 30s, 30s}) {
        list.note_failure("http://a:1", now);
        EXPECT_TRUE(list.rests("http://a:1", now + rest - 1ms)) << rest.count();
        EXPECT_FALSE(list.rests("http://a:1", now + rest)) << rest.count();
        now += rest;
    }
    list.note_failure("http://a:1", now);
    list.note_success("http://a:1/x");
    EXPECT_FALSE(list.rests("http://a:1", now));
}

TEST(ServerList, TheNextPriorityStandsInForTheBest) {
    ServerList list({{"http://a", 1, 1}, {"http://b", 2, 1}});
    list.note_failure("http://a", kNow);
    EXPECT_EQ(list.choose(kNow, 0), "http://b");
    list.note_failure("http://b", kNow + 500ms);
    EXPECT_EQ(list.choose(kNow + 600ms, 0), "http://a") << "the one that rests the shortest";
}

TEST(ServerList, AnOnlyServerNeverRests) {
    ServerList list({{"http://a", 0, 1}});
    list.note_failure("http://a", kNow);
    EXPECT_FALSE(list.rests("http://a/x", kNow));
    EXPECT_EQ(list.choose(kNow, 0.9), "http://a");
}

TEST(ServerList, KeepsWhatItKnowsOfThoseThatStay) {
    ServerList list({{"http://a", 0, 1}, {"http://b", 0, 1}});
    list.note_failure("http://a", kNow);
    list.replace({{"http://a", 0, 5}, {"http://c", 0, 1}});
    EXPECT_TRUE(list.rests("http://a", kNow));
    EXPECT_EQ(list.choose(kNow, 0), "http://c");
    list.replace({});
    EXPECT_EQ(list.size(), 2U);
    list.note_failure("http://elsewhere", kNow);
    EXPECT_FALSE(list.rests("http://elsewhere", kNow));
}

}  // namespace
}  // namespace slipway::cli
