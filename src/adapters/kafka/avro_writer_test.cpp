#include "adapters/kafka/avro_writer.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace slipway::adapters::kafka {
namespace {

template <class Write>
std::string hex(Write write) {
    AvroWriter out;
    write(out);
    const std::string bytes = out.take();
    return encode_hex(std::as_bytes(std::span(bytes)));
}

// The examples of the specification, "Binary Encoding", and the edges.
TEST(AvroWriter, WritesNumbersAsTheSpecificationHasThem) {
    const std::vector<std::pair<std::int64_t, std::string>> examples = {
        {0, "00"},
        {-1, "01"},
        {1, "02"},
        {-2, "03"},
        {2, "04"},
        {-64, "7f"},
        {64, "8001"},
        {8192, "808001"},
        {-8193, "818001"},
        {INT64_MAX, "feffffffffffffffff01"},
        {INT64_MIN, "ffffffffffffffffff01"}};
    for (const auto& [number, bytes] : examples) {
        EXPECT_EQ(hex([number](AvroWriter& out) { out.number(number); }), bytes) << number;
    }
}

TEST(AvroWriter, WritesTextsUnionsAndMaps) {
    EXPECT_EQ(hex([](AvroWriter& out) { out.text("foo"); }), "06666f6f");
    EXPECT_EQ(hex([](AvroWriter& out) { out.optional_text(std::nullopt); }), "00");
    EXPECT_EQ(hex([](AvroWriter& out) { out.optional_text("a"); }), "020261");
    EXPECT_EQ(hex([](AvroWriter& out) { out.optional_number(std::nullopt); }), "00");
    EXPECT_EQ(hex([](AvroWriter& out) { out.optional_number(-1); }), "0201");
    EXPECT_EQ(hex([](AvroWriter& out) { out.map({}); }), "00");
    EXPECT_EQ(hex([](AvroWriter& out) { out.map({{"a", "b"}}); }),
              "0202610262"
              "00");
}

}  // namespace
}  // namespace slipway::adapters::kafka
