#include "core/delivery.hpp"

#include <gtest/gtest.h>

namespace slipway::core {
namespace {

Delivery sample() {
    return {.endpoint = "audit",
            .event = EventId::parse(std::string(32, 'a')).value(),
            .subject = UploadId::parse(std::string(32, 'b')).value(),
            .sequence = 3,
            .traceparent = "00-1-2-01",
            .body = "{\n\"a\":\"b\"}\n"};
}

TEST(Delivery, ComesBackAsItWas) {
    EXPECT_EQ(parse_delivery(encode_delivery(sample())), sample());
    auto empty = sample();
    empty.body.clear();
    EXPECT_EQ(parse_delivery(encode_delivery(empty)), empty);
}

TEST(Delivery, AnythingElseIsRefused) {
    const auto whole = encode_delivery(sample());
    const auto head = whole.substr(0, whole.find('{'));
    for (std::size_t length = 0; length < head.size(); ++length) {
        EXPECT_FALSE(parse_delivery(head.substr(0, length))) << length;
    }
    for (const auto* sequence : {"", "x", "-1", "3 ", "4294967296"}) {
        auto other = head;
        other.replace(head.rfind("\n3\n") + 1, 1, sequence);
        EXPECT_FALSE(parse_delivery(other)) << sequence;
    }
    EXPECT_FALSE(parse_delivery("\n" + head.substr(head.find('\n') + 1)));
}

TEST(Delivery, HasAKeyOfItsOwn) {
    const auto id = sample().subject;
    EXPECT_EQ(delivery_key("audit", id, 3), "webhook/audit/" + std::string(32, 'b') + "/3");
    EXPECT_NE(delivery_key("audit", id, 3), delivery_key("audit", id, 4));
}

}  // namespace
}  // namespace slipway::core
