// UploadId: the 128-bit random name of an upload, and of the file that it becomes.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace slipway {

class UploadId {
 public:
    static constexpr std::size_t kSize = 16;
    using Bytes = std::array<std::uint8_t, kSize>;

    constexpr UploadId() = default;
    constexpr explicit UploadId(const Bytes& bytes) : bytes_(bytes) {}

    // Exactly 32 lower-case hexadecimal digits; anything else is no id.
    static std::optional<UploadId> parse(std::string_view text);
    std::string to_string() const;
    constexpr const Bytes& bytes() const { return bytes_; }
    friend constexpr auto operator<=>(const UploadId&, const UploadId&) = default;

 private:
    Bytes bytes_{};
};

}  // namespace slipway

// The id is random already: its first eight bytes are its hash.
template <>
struct std::hash<slipway::UploadId> {
    std::size_t operator()(const slipway::UploadId& id) const noexcept {
        std::size_t value = 0;
        for (std::size_t i = 0; i < sizeof value; ++i) {
            value = (value << 8U) | id.bytes()[i];
        }
        return value;
    }
};
