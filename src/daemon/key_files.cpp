#include "daemon/key_files.hpp"

#include <array>
#include <span>
#include <string_view>

#include "base/encoding.hpp"
#include "daemon/durable_file.hpp"
#include "hash/digester.hpp"

namespace slipway::daemon {

namespace {

Sha256 digest_of(std::string_view text) {
    return hash::sha256(std::as_bytes(std::span(text)));
}

std::string_view without_line_end(std::string_view text) {
    const auto last = text.find_last_not_of(" \t\r\n");
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

// Whoever guesses it owns everything: fewer characters than this can be tried out.
constexpr std::size_t kLeastKeyLength = 16;

// What Authorization: Bearer can carry (token68, RFC 7235 section 2.1).
bool can_be_presented(std::string_view key) {
    constexpr std::string_view kCharacters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/";
    const auto last = key.find_last_not_of('=');
    return last != std::string_view::npos &&
           key.substr(0, last + 1).find_first_not_of(kCharacters) == std::string_view::npos;
}

// A message never has the key in it.
Result<AdministratorKey> key_from(std::string_view source, std::string_view text) {
    const std::string_view key = without_line_end(text);
    if (key.empty()) {
        return failure(Errc::invalid, std::string(source) + ": holds no key");
    }
    if (key.size() < kLeastKeyLength) {
        return failure(Errc::invalid, std::string(source) + ": a key has at least " +
                                          std::to_string(kLeastKeyLength) + " characters");
    }
    if (!can_be_presented(key)) {
        return failure(Errc::invalid, std::string(source) +
                                          ": a key consists of letters, digits and -._~+/, with = "
                                          "at its end only");
    }
    return AdministratorKey{digest_of(key), std::nullopt};
}

std::string key_file_path(const Environment& environment, const Config& config) {
    return environment("SLIPWAY_API_KEY_FILE").value_or(config.auth.api_key_file);
}

Result<AdministratorKey> make_key(const std::filesystem::path& path, ports::Random& random) {
    std::array<std::byte, 32> bytes{};
    random.fill(bytes);
    AdministratorKey made;
    made.generated = "sk_" + encode_base64url(bytes);
    made.digest = digest_of(*made.generated);
    if (auto written = write_durably(path, encode_hex(made.digest.view()) + "\n"); !written) {
        return std::unexpected(written.error());
    }
    return made;
}

}  // namespace

bool states_administrator_key(const Environment& environment, const Config& config) {
    return environment("SLIPWAY_API_KEY") || !key_file_path(environment, config).empty();
}

Result<AdministratorKey> load_administrator_key(const Environment& environment,
                                                const Config& config,
                                                const std::filesystem::path& directory,
                                                ports::Random& random) {
    if (const auto key = environment("SLIPWAY_API_KEY")) {
        return key_from("SLIPWAY_API_KEY", *key);
    }
    if (const std::string path = key_file_path(environment, config); !path.empty()) {
        const auto content = read_small_file(path);
        if (!content) {
            return failure(Errc::invalid, "auth.api_key_file: " + content.error().detail);
        }
        return key_from(path, *content);
    }
    const auto path = directory / "admin.sha256";
    const auto kept = read_small_file(path);
    if (!kept && kept.error().code != Errc::not_found) {
        return std::unexpected(kept.error());
    }
    if (!kept) {
        return make_key(path, random);
    }
    AdministratorKey key;
    if (!decode_hex(without_line_end(*kept), key.digest.bytes)) {
        return failure(Errc::invalid,
                       path.string() + " is damaged; remove it to have a new key made");
    }
    return key;
}

}  // namespace slipway::daemon
