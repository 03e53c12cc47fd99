#include "daemon/signing_key_file.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "daemon/durable_file.hpp"
#include "engine/signing_keys.hpp"

namespace slipway::daemon {

namespace {

using engine::RingKey;
using engine::RingKeys;

constexpr std::string_view kFile = "signing.keys";
constexpr std::string_view kSingleFile = "signing.key";
constexpr std::string_view kForEver = "-";

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto at = text.find(separator);
        parts.push_back(text.substr(0, at));
        text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    }
    return parts;
}

std::optional<WallTime> parse_time(std::string_view text) {
    std::int64_t millis = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), millis);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return from_unix_millis(millis);
}

// The secret, the time of its making, and until when it verifies or "-".
std::optional<RingKey> parse_line(std::string_view line) {
    const auto parts = split(line, ' ');
    RingKey key;
    if (parts.size() != 3 || !decode_hex(parts[0], key.key.secret) ||
        key.key.secret == decltype(key.key.secret){}) {
        return std::nullopt;
    }
    const auto created = parse_time(parts[1]);
    key.verifies_until = parse_time(parts[2]);
    if (!created || (!key.verifies_until && parts[2] != kForEver)) {
        return std::nullopt;
    }
    key.created_at = *created;
    key.key.id = engine::SigningKeys::id_of(key.key);
    return key;
}

std::optional<RingKeys> parse_ring(std::string_view text) {
    RingKeys keys;
    for (const std::string_view line : split(text, '\n')) {
        auto key = parse_line(line);
        if (!key) {
            return std::nullopt;
        }
        keys.push_back(*std::move(key));
    }
    const bool signs = !keys.empty() && !keys.back().verifies_until;
    return signs ? std::optional(std::move(keys)) : std::nullopt;
}

Error damaged(const std::filesystem::path& path) {
    return {Errc::invalid, path.string() + " is damaged; remove it to have a new key made"};
}

// The key that signs from the first start on: that of before, if there is one.
Result<RingKey> first_key(const std::filesystem::path& directory, WallTime now,
                          ports::Random& random) {
    RingKey first{
        .key = engine::SigningKeys::make_key(random), .created_at = now, .verifies_until = {}};
    const auto path = directory / kSingleFile;
    const auto kept = read_small_file(path);
    if (!kept && kept.error().code != Errc::not_found) {
        return std::unexpected(kept.error());
    }
    if (kept) {
        std::string_view text = *kept;
        text = text.substr(0, text.find_last_not_of("\r\n") + 1);
        if (!decode_hex(text, first.key.secret) ||
            first.key.secret == decltype(first.key.secret){}) {
            return std::unexpected(damaged(path));
        }
        first.key.id = engine::SigningKeys::id_of(first.key);
    }
    return first;
}

}  // namespace

Result<> keep_signing_keys(const std::filesystem::path& directory, const RingKeys& keys) {
    std::string text;
    for (const RingKey& key : keys) {
        text += encode_hex(key.key.secret) + ' ' + std::to_string(unix_millis(key.created_at)) +
                ' ' +
                (key.verifies_until ? std::to_string(unix_millis(*key.verifies_until))
                                    : std::string(kForEver)) +
                '\n';
    }
    return write_durably(directory / kFile, text);
}

Result<RingKeys> load_signing_keys(const std::filesystem::path& directory,
                                   const ports::Clock& clock, ports::Random& random) {
    const auto path = directory / kFile;
    const auto kept = read_small_file(path);
    if (kept) {
        auto keys = parse_ring(*kept);
        return keys ? Result<RingKeys>(*std::move(keys)) : std::unexpected(damaged(path));
    }
    if (kept.error().code != Errc::not_found) {
        return std::unexpected(kept.error());
    }
    auto first = first_key(directory, clock.wall(), random);
    if (!first) {
        return std::unexpected(first.error());
    }
    RingKeys keys{*std::move(first)};
    if (auto written = keep_signing_keys(directory, keys); !written) {
        return std::unexpected(written.error());
    }
    // Only now: its secret lives on in the ring, and must go with it when it is revoked.
    std::error_code ignored;
    std::filesystem::remove(directory / kSingleFile, ignored);
    return keys;
}

}  // namespace slipway::daemon
