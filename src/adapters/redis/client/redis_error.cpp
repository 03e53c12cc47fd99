#include "adapters/redis/client/redis_error.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace slipway::adapters::redis {

namespace {

// The first word of the text; what is not here is a mistake of ours.
constexpr std::array<std::pair<std::string_view, Errc>, 11> kMeanings = {{
    {"NOAUTH", Errc::forbidden},
    {"WRONGPASS", Errc::forbidden},
    {"NOPERM", Errc::forbidden},
    {"READONLY", Errc::unavailable},
    {"LOADING", Errc::unavailable},
    {"MASTERDOWN", Errc::unavailable},
    {"NOREPLICAS", Errc::unavailable},
    {"BUSY", Errc::unavailable},
    {"MISCONF", Errc::unavailable},
    {"TRYAGAIN", Errc::unavailable},
    {"OOM", Errc::storage_full},
}};

std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find(' '));
}

}  // namespace

Error translate_failure(std::string_view text) {
    const auto* const found =
        std::ranges::find(kMeanings, first_word(text), &decltype(kMeanings)::value_type::first);
    return {found == kMeanings.end() ? Errc::invalid : found->second,
            "Redis: " + std::string(text)};
}

bool is_wrong_server(std::string_view text) {
    const auto word = first_word(text);
    return word == "READONLY" || word == "LOADING" || word == "MASTERDOWN";
}

bool is_unknown_script(std::string_view text) {
    return first_word(text) == "NOSCRIPT";
}

}  // namespace slipway::adapters::redis
