#include "daemon/secret_text.hpp"

#include <utility>

#include "daemon/durable_file.hpp"

namespace slipway::daemon {

Result<std::optional<std::string>> load_secret(const Environment& environment, SecretPlace place) {
    if (auto value = environment(place.variable)) {
        return std::move(value);
    }
    if (place.file.empty()) {
        return std::optional<std::string>();
    }
    auto text = read_small_file(place.file);
    if (!text) {
        return failure(Errc::invalid, place.key + ": " + text.error().detail);
    }
    text->resize(text->find_last_not_of("\r\n") + 1);
    return std::optional(std::move(*text));
}

}  // namespace slipway::daemon
