// Commands as the server reads them: arrays of strings (RESP2).
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace slipway::adapters::redis {

std::string write_request(std::span<const std::string_view> words);

inline std::string write_request(std::initializer_list<std::string_view> words) {
    return write_request(std::span(words.begin(), words.size()));
}

}  // namespace slipway::adapters::redis
