// Quantities as types: a byte count cannot be passed where an offset or a part number is meant.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace slipway {

class ByteCount {
 public:
    constexpr ByteCount() = default;
    constexpr explicit ByteCount(std::uint64_t value) : value_(value) {}
    constexpr std::uint64_t value() const { return value_; }
    constexpr ByteCount& operator+=(ByteCount other) {
        value_ += other.value_;
        return *this;
    }
    friend constexpr ByteCount operator+(ByteCount a, ByteCount b) {
        return ByteCount(a.value_ + b.value_);
    }
    // The caller knows that b is not larger than a.
    friend constexpr ByteCount operator-(ByteCount a, ByteCount b) {
        return ByteCount(a.value_ - b.value_);
    }
    friend constexpr auto operator<=>(ByteCount, ByteCount) = default;

 private:
    std::uint64_t value_ = 0;
};

constexpr ByteCount operator""_B(unsigned long long value) {
    return ByteCount(value);
}
constexpr ByteCount operator""_KiB(unsigned long long value) {
    return ByteCount(value << 10U);
}
constexpr ByteCount operator""_MiB(unsigned long long value) {
    return ByteCount(value << 20U);
}
constexpr ByteCount operator""_GiB(unsigned long long value) {
    return ByteCount(value << 30U);
}

class ByteOffset {
 public:
    constexpr ByteOffset() = default;
    constexpr explicit ByteOffset(std::uint64_t value) : value_(value) {}
    constexpr std::uint64_t value() const { return value_; }
    friend constexpr ByteOffset operator+(ByteOffset a, ByteCount b) {
        return ByteOffset(a.value_ + b.value());
    }
    friend constexpr auto operator<=>(ByteOffset, ByteOffset) = default;

 private:
    std::uint64_t value_ = 0;
};

struct ByteRange {
    ByteOffset first;
    ByteCount length;
    friend constexpr bool operator==(const ByteRange&, const ByteRange&) = default;
};

// 1-based position of a part within its upload.
class PartNumber {
 public:
    constexpr PartNumber() = default;
    constexpr explicit PartNumber(std::uint32_t value) : value_(value) {}
    constexpr std::uint32_t value() const { return value_; }
    friend constexpr auto operator<=>(PartNumber, PartNumber) = default;

 private:
    std::uint32_t value_ = 1;
};

}  // namespace slipway
