#include "daemon/cluster/cluster_secret.hpp"

#include <set>

#include "daemon/durable_file.hpp"

namespace slipway::daemon {

namespace {

constexpr const char* kVariable = "SLIPWAY_AUTH_CLUSTER_SECRET";
constexpr const char* kSetting = "auth.cluster_secret_file";
// Whoever guesses it signs URLs for everybody: 32 characters, as `openssl rand -hex 32` gives 64,
// and not the same few again and again.
constexpr std::size_t kLeastLength = 32;
constexpr std::size_t kLeastDifferent = 10;

// A message never has the secret in it.
Result<std::optional<std::string>> checked(std::string_view source, std::string text) {
    text.resize(text.find_last_not_of(" \t\r\n") + 1);
    if (text.size() < kLeastLength) {
        return failure(Errc::invalid, std::string(source) + ": a cluster's secret has at least " +
                                          std::to_string(kLeastLength) + " characters");
    }
    if (std::set<char>(text.begin(), text.end()).size() < kLeastDifferent) {
        return failure(Errc::invalid, std::string(source) +
                                          ": a cluster's secret is made of random characters: "
                                          "openssl rand -hex 32");
    }
    return std::optional(std::move(text));
}

}  // namespace

Result<std::optional<std::string>> load_cluster_secret(const Environment& environment,
                                                       const Config& config) {
    if (auto secret = environment(kVariable)) {
        return checked(kVariable, std::move(*secret));
    }
    if (config.auth.cluster_secret_file.empty()) {
        return std::optional<std::string>();
    }
    auto content = read_small_file(config.auth.cluster_secret_file);
    if (!content) {
        return failure(Errc::invalid, std::string(kSetting) + ": " + content.error().detail);
    }
    return checked(kSetting, std::move(*content));
}

}  // namespace slipway::daemon
