#include "engine/upload_tasks/requested_completion.hpp"

#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

constexpr auto kTrace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

Sha256 digest_of(std::uint8_t content) {
    Sha256 out;
    out.bytes.fill(static_cast<std::byte>(content));
    return out;
}

TEST(RequestedCompletion, ComesBackAsItWas) {
    const core::CompletionKey key{.key = digest_of(2), .fingerprint = digest_of(3)};
    for (unsigned stated = 0; stated < 16; ++stated) {
        RequestedCompletion requested;
        if ((stated & 1U) != 0) {
            requested.sha256 = digest_of(1);
        }
        if ((stated & 2U) != 0) {
            requested.total_parts = 10'000;
        }
        if ((stated & 4U) != 0) {
            requested.key = key;
        }
        if ((stated & 8U) != 0) {
            requested.traceparent = kTrace;
        }
        EXPECT_EQ(decode_requested_completion(encode(requested)), requested) << stated;
    }
}

// Tasks outlive the program that wrote them.
TEST(RequestedCompletion, HasThisForm) {
    EXPECT_EQ(encode({}), "");
    const RequestedCompletion of_parts{
        .sha256 = {}, .total_parts = 7, .key = {}, .traceparent = {}};
    EXPECT_EQ(encode(of_parts), " 7");
    const std::string ones(64, '1');
    EXPECT_EQ(encode({.sha256 = digest_of(0x11), .total_parts = {}, .key = {}, .traceparent = {}}),
              ones);
    EXPECT_EQ(encode({.sha256 = {}, .total_parts = {}, .key = {}, .traceparent = kTrace}),
              std::string("   ") + kTrace);
    EXPECT_EQ(encode({.sha256 = digest_of(0x11),
                      .total_parts = 0,
                      .key = core::CompletionKey{digest_of(0x22), digest_of(0x33)},
                      .traceparent = {}}),
              ones + " 0 " + std::string(64, '2') + std::string(64, '3'));
}

TEST(RequestedCompletion, WhatDoesNotParseIsNotStated) {
    for (const auto* payload : {"x", " x", " 7x", "  22", " -1", " 99999999999", "   00-1"}) {
        EXPECT_EQ(decode_requested_completion(payload), RequestedCompletion()) << payload;
    }
}

}  // namespace
}  // namespace slipway::engine
