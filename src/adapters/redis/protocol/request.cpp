#include "adapters/redis/protocol/request.hpp"

namespace slipway::adapters::redis {

std::string write_request(std::span<const std::string_view> words) {
    constexpr std::size_t kFrame = 16;  // around a word: its length and the ends of two lines
    std::size_t size = kFrame;
    for (const auto word : words) {
        size += word.size() + kFrame;
    }
    std::string out;
    out.reserve(size);
    out.append("*").append(std::to_string(words.size())).append("\r\n");
    for (const auto word : words) {
        out.append("$").append(std::to_string(word.size())).append("\r\n");
        out.append(word).append("\r\n");
    }
    return out;
}

}  // namespace slipway::adapters::redis
