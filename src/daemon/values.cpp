#include "daemon/values.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <utility>

namespace slipway::daemon {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::array<Unit, 5> kSizes = {{{"TiB", 1ULL << 40U},
                                         {"GiB", 1ULL << 30U},
                                         {"MiB", 1ULL << 20U},
                                         {"KiB", 1ULL << 10U},
                                         {"B", 1}}};
constexpr std::array<Unit, 5> kDurations = {
    {{"ms", 1}, {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}}};

std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
    for (const Unit& unit : units) {
        if (!text.ends_with(unit.name)) {
            continue;
        }
        const auto number = parse_number(text.substr(0, text.size() - unit.name.size()));
        // Bounded to the signed range, which durations are counted in.
        const std::uint64_t most = std::numeric_limits<std::int64_t>::max() / unit.factor;
        return number && *number <= most ? std::optional(*number * unit.factor) : std::nullopt;
    }
    return std::nullopt;
}

// The largest unit that divides the value.
std::string format_with_unit(std::uint64_t value, std::span<const Unit> units) {
    Unit best = {"", 0};
    for (const Unit& unit : units) {
        if (value % unit.factor == 0 && unit.factor > best.factor) {
            best = unit;
        }
    }
    return std::to_string(value / best.factor) + std::string(best.name);
}

bool is_only(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

// What stands between brackets; a name or an IPv4 address stands without them.
bool is_ipv6(std::string_view host) {
    return host.find(':') != std::string_view::npos && is_only(host, "0123456789abcdefABCDEF:.");
}

bool is_name(std::string_view host) {
    return is_only(host, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_");
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> parse_fraction(std::string_view text) {
    double value = 0;
    const bool digits = !text.empty() && text.front() >= '0' && text.front() <= '9' &&
                        text.back() != '.' && is_only(text, "0123456789.");
    const auto* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    if (!digits || error != std::errc() || at != end || value > 1) {
        return std::nullopt;
    }
    return value;
}

std::string format_fraction(double fraction) {
    // The shortest form of the least one has more than a thousand digits.
    std::array<char, 1100> text{};
    const auto [end, error] =
        std::to_chars(text.data(), text.data() + text.size(), fraction, std::chars_format::fixed);
    return error == std::errc() ? std::string(text.data(), end) : std::string();
}

std::optional<ByteCount> parse_size(std::string_view text) {
    const bool has_unit = !text.empty() && (text.back() < '0' || text.back() > '9');
    const auto bytes =
        parse_with_unit(has_unit ? std::string(text) : std::string(text) + "B", kSizes);
    return bytes ? std::optional(ByteCount(*bytes)) : std::nullopt;
}

std::string format_size(ByteCount size) {
    return size == 0_B ? "0B" : format_with_unit(size.value(), kSizes);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto value = parse_with_unit(text, kDurations);
    return value ? std::optional(std::chrono::milliseconds(*value)) : std::nullopt;
}

std::string format_duration(std::chrono::milliseconds duration) {
    const auto value = static_cast<std::uint64_t>(duration.count());
    return value == 0 ? "0s" : format_with_unit(value, kDurations);
}

std::optional<ListenAddress> parse_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) {
        return std::nullopt;
    }
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    const auto port = parse_number(text.substr(colon + 1));
    if (!(bracketed ? is_ipv6(host) : is_name(host)) || !port ||
        *port > std::numeric_limits<std::uint16_t>::max()) {
        return std::nullopt;
    }
    return ListenAddress{std::string(host), static_cast<std::uint16_t>(*port)};
}

std::vector<std::string> addresses(std::string_view text) {
    std::vector<std::string> found;
    while (!text.empty()) {
        const auto comma = text.find(',');
        found.emplace_back(text.substr(0, comma));
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return found;
}

std::string format_address(const ListenAddress& address) {
    const std::string host = is_ipv6(address.host) ? '[' + address.host + ']' : address.host;
    return host + ':' + std::to_string(address.port);
}

}  // namespace slipway::daemon
