// The bytes that records are made of: Writer and Reader for the types of docs/on-disk-format.md,
// and the seal of version and checksum around a body. It knows no record. No I/O; safe on any
// input.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.hpp"
#include "base/time.hpp"

namespace slipway::records {

inline constexpr std::uint8_t kRecordVersion = 1;

using Metadata = std::map<std::string, std::string>;

class RecordWriter {
 public:
    template <class T>
    void integer(T value) {
        const auto bits = static_cast<std::make_unsigned_t<T>>(value);
        for (std::size_t i = sizeof(T); i > 0; --i) {
            out_.push_back(static_cast<char>((bits >> (8U * (i - 1))) & 0xFFU));
        }
    }
    void bytes(std::span<const std::byte> value) {
        out_.append(reinterpret_cast<const char*>(value.data()), value.size());
    }
    void raw(std::string_view value) { out_.append(value); }
    void text(std::string_view value) {
        integer(static_cast<std::uint32_t>(value.size()));
        raw(value);
    }
    void time(WallTime value) { integer(unix_millis(value)); }
    template <class Digest>
    void optional(const std::optional<Digest>& value) {
        if (value) {
            bytes(value->bytes);
        }
    }
    void metadata(const Metadata& value) {
        integer(static_cast<std::uint32_t>(value.size()));
        for (const auto& [name, content] : value) {
            text(name);
            text(content);
        }
    }
    std::string_view written() const { return out_; }
    std::string take() { return std::move(out_); }

 private:
    std::string out_;
};

// Reads forward. After the first thing that is not there or not allowed it yields zeros and `ok()`
// is false.
class RecordReader {
 public:
    explicit RecordReader(std::string_view in) : in_(in) {}

    template <class T>
    T integer() {
        std::make_unsigned_t<T> value = 0;
        for (const char c : take(sizeof(T))) {
            value = static_cast<std::make_unsigned_t<T>>((std::uint64_t{value} << 8U) |
                                                         static_cast<std::uint8_t>(c));
        }
        return static_cast<T>(value);
    }
    template <class Digest>
    Digest digest() {
        Digest out;
        std::ranges::transform(take(Digest::kSize), out.bytes.begin(),
                               [](char c) { return static_cast<std::byte>(c); });
        return out;
    }
    template <class Digest>
    std::optional<Digest> optional(bool present) {
        return present ? std::optional(digest<Digest>()) : std::nullopt;
    }
    std::string text() { return std::string(take(integer<std::uint32_t>())); }
    WallTime time() { return from_unix_millis(integer<std::int64_t>()); }
    Metadata metadata() {
        Metadata out;
        for (auto left = integer<std::uint32_t>(); left > 0 && ok_; --left) {
            auto name = text();
            auto content = text();
            // Strictly rising, so that one value has one form.
            require(out.empty() || out.rbegin()->first < name);
            out.emplace_hint(out.end(), std::move(name), std::move(content));
        }
        return out;
    }
    // A byte of which only the bits in `known` may be set.
    std::uint8_t flags(std::uint8_t known) {
        const auto value = integer<std::uint8_t>();
        require((value & ~unsigned{known}) == 0);
        return value;
    }
    void require(bool condition) { ok_ = ok_ && condition; }
    // False once something was not there or not allowed.
    bool ok() const { return ok_; }
    // Everything was there and nothing is left.
    bool finished() const { return ok_ && in_.empty(); }

 private:
    std::string_view take(std::size_t size) {
        require(size <= in_.size());
        if (!ok_) {
            return {};
        }
        const auto out = in_.substr(0, size);
        in_.remove_prefix(size);
        return out;
    }

    std::string_view in_;
    bool ok_ = true;
};

constexpr std::uint8_t flag(bool present, unsigned bit) {
    return static_cast<std::uint8_t>(unsigned{present} << bit);
}
constexpr bool has(std::uint8_t flags, unsigned bit) {
    return ((flags >> bit) & 1U) != 0;
}

// Puts the version before the body and the checksum behind it.
std::string seal_record(std::string_view key, std::string_view body);
// The record's body. corrupted: too short, another version, or a checksum that does not match.
Result<std::string_view> unseal_record(std::string_view key, std::string_view record);

// The answer for a body that does not hold what it should.
std::unexpected<Error> malformed(std::string_view what);

}  // namespace slipway::records
