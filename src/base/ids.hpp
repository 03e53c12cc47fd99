// The 128-bit random names of things: UploadId, of an upload and of the file that it becomes;
// TaskId, of a unit of background work; KeyId, the public half of an API key; EventId, of a fact
// that others are told. One kind of id cannot be passed where another is meant.
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

template <class Named>
class RandomId {
 public:
    static constexpr std::size_t kSize = 16;
    using Bytes = std::array<std::uint8_t, kSize>;

    constexpr RandomId() = default;
    constexpr explicit RandomId(const Bytes& bytes) : bytes_(bytes) {}

    // Exactly 32 lower-case hexadecimal digits; anything else is no id.
    static std::optional<RandomId> parse(std::string_view text);
    std::string to_string() const;
    constexpr const Bytes& bytes() const { return bytes_; }
    friend constexpr auto operator<=>(const RandomId&, const RandomId&) = default;

 private:
    Bytes bytes_{};
};

using UploadId = RandomId<struct UploadName>;
using TaskId = RandomId<struct TaskName>;
using KeyId = RandomId<struct KeyName>;
using EventId = RandomId<struct EventName>;

extern template class RandomId<UploadName>;
extern template class RandomId<TaskName>;
extern template class RandomId<KeyName>;
extern template class RandomId<EventName>;

}  // namespace slipway

// The id is random already: its first eight bytes are its hash.
template <class Named>
struct std::hash<slipway::RandomId<Named>> {
    std::size_t operator()(const slipway::RandomId<Named>& id) const noexcept {
        std::size_t value = 0;
        for (std::size_t i = 0; i < sizeof value; ++i) {
            value = (value << 8U) | id.bytes()[i];
        }
        return value;
    }
};
