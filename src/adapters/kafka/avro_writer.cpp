#include "adapters/kafka/avro_writer.hpp"

namespace slipway::adapters::kafka {

namespace {

constexpr std::int64_t kNull = 0;
constexpr std::int64_t kPresent = 1;

}  // namespace

// Zig-zag, then seven bits a byte, the lowest first.
void AvroWriter::number(std::int64_t value) {
    auto bits = (static_cast<std::uint64_t>(value) << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0);
    while (bits >= 0x80U) {
        out_.push_back(static_cast<char>((bits & 0x7FU) | 0x80U));
        bits >>= 7U;
    }
    out_.push_back(static_cast<char>(bits));
}

void AvroWriter::text(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    out_.append(value);
}

void AvroWriter::optional_text(const std::optional<std::string>& value) {
    number(value ? kPresent : kNull);
    if (value) {
        text(*value);
    }
}

void AvroWriter::optional_number(const std::optional<std::int64_t>& value) {
    number(value ? kPresent : kNull);
    if (value) {
        number(*value);
    }
}

// One block, and the empty one that ends it.
void AvroWriter::map(const std::map<std::string, std::string>& value) {
    if (!value.empty()) {
        number(static_cast<std::int64_t>(value.size()));
        for (const auto& [name, content] : value) {
            text(name);
            text(content);
        }
    }
    number(0);
}

}  // namespace slipway::adapters::kafka
