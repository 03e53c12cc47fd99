// What a statement with a changing number of rows is put together from: numbers, and bytes as
// hexadecimal literals. Nothing that came from outside gets into a statement in another form, so
// nothing can be read as a part of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::adapters::mariadb {

inline void append_literal(std::string& statement, std::uint64_t value) {
    statement.append(std::to_string(value));
}

inline void append_literal(std::string& statement, std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    statement.append("x'");
    std::size_t at = statement.size();
    // At once: a statement has a hundred kilobytes of them.
    statement.resize(at + 2 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        statement[at++] = kDigits[byte >> 4U];
        statement[at++] = kDigits[byte & 0xFU];
    }
    statement.push_back('\'');
}

}  // namespace slipway::adapters::mariadb
