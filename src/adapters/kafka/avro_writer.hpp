// AvroWriter: the binary encoding of Avro 1.11 ("Binary Encoding"), as far as event.avsc needs it.
// It knows no schema: who writes keeps to the order of one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::adapters::kafka {

class AvroWriter {
 public:
    // Both int and long.
    void number(std::int64_t value);
    // Also bytes.
    void text(std::string_view value);
    // Of ["null", "string"] and ["null", "long" or "int"].
    void optional_text(const std::optional<std::string>& value);
    void optional_number(const std::optional<std::int64_t>& value);
    // Of strings.
    void map(const std::map<std::string, std::string>& value);

    std::string take() { return std::move(out_); }

 private:
    std::string out_;
};

}  // namespace slipway::adapters::kafka
