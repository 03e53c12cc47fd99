// Value, Row and Rows: what goes to the server with a statement, and what comes back. Times are
// numbers and everything else is bytes: the server is never to interpret a text.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace slipway::adapters::mariadb {

// Nothing is NULL.
using Value = std::variant<std::monostate, std::int64_t, std::uint64_t, std::string>;

inline Value to_value(Value value) {
    return value;
}
template <std::integral T>
Value to_value(T number) {
    if constexpr (std::signed_integral<T>) {
        return std::int64_t{number};
    } else {
        return std::uint64_t{number};
    }
}
inline Value to_value(std::string bytes) {
    return bytes;
}
template <class T>
Value to_value(std::optional<T> value) {
    return value ? to_value(std::move(*value)) : Value();
}

// A column of another type than the one asked for is read as 0, or as no bytes: the schema is our
// own, and a record that is not what it should be does not decode.
class Row final {
 public:
    explicit Row(std::vector<Value> values) : values_(std::move(values)) {}

    std::uint64_t number(std::size_t column) const {
        if (const auto* value = std::get_if<std::uint64_t>(&values_.at(column))) {
            return *value;
        }
        const auto* value = std::get_if<std::int64_t>(&values_.at(column));
        return value == nullptr ? 0 : static_cast<std::uint64_t>(*value);
    }
    std::int64_t signed_number(std::size_t column) const {
        return static_cast<std::int64_t>(number(column));
    }
    const std::string& bytes(std::size_t column) const {
        static const std::string kNone;
        const auto* value = std::get_if<std::string>(&values_.at(column));
        return value == nullptr ? kNone : *value;
    }
    bool is_null(std::size_t column) const {
        return std::holds_alternative<std::monostate>(values_.at(column));
    }

 private:
    std::vector<Value> values_;
};

struct Rows {
    std::vector<Row> rows;
    std::uint64_t affected = 0;
    std::uint64_t last_id = 0;  // what LAST_INSERT_ID(…) was given by the statement
};

}  // namespace slipway::adapters::mariadb
