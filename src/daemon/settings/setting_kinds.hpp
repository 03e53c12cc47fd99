// The kinds of settings: how a text becomes a value of Config, and the value a text again. `access`
// names the member: it takes a Config, const or not, and answers a reference.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/units.hpp"
#include "daemon/settings.hpp"
#include "daemon/values.hpp"

namespace slipway::daemon {

// Why a text is no value of a setting; nothing where it is one.
using Reason = std::optional<std::string>;

template <class Access>
Setting text_setting(std::string name, std::string help, Access access) {
    return {std::move(name), ValueKind::text, std::move(help),
            [access](Config& config, std::string_view text) -> Reason {
                access(config) = std::string(text);
                return std::nullopt;
            },
            [access](const Config& config) { return access(config); }};
}

template <class Access>
Setting number_setting(std::string name, std::string help, std::uint64_t least, std::uint64_t most,
                       Access access) {
    return {std::move(name), ValueKind::number, std::move(help),
            [access, least, most](Config& config, std::string_view text) -> Reason {
                const auto value = parse_number(text);
                if (!value || *value < least || *value > most) {
                    return "must be a whole number from " + std::to_string(least) + " to " +
                           std::to_string(most);
                }
                access(config) =
                    static_cast<std::remove_reference_t<decltype(access(config))>>(*value);
                return std::nullopt;
            },
            [access](const Config& config) { return std::to_string(access(config)); }};
}

template <class Access>
Setting fraction_setting(std::string name, std::string help, Access access) {
    return {std::move(name), ValueKind::fraction, std::move(help),
            [access](Config& config, std::string_view text) -> Reason {
                const auto value = parse_fraction(text);
                if (!value) {
                    return "must be a number from 0 to 1, such as 0.25";
                }
                access(config) = *value;
                return std::nullopt;
            },
            [access](const Config& config) { return format_fraction(access(config)); }};
}

template <class Access>
Setting boolean_setting(std::string name, std::string help, Access access) {
    return {std::move(name), ValueKind::boolean, std::move(help),
            [access](Config& config, std::string_view text) -> Reason {
                if (text != "true" && text != "false") {
                    return "must be true or false";
                }
                access(config) = text == "true";
                return std::nullopt;
            },
            [access](const Config& config) { return access(config) ? "true" : "false"; }};
}

template <class Access>
Setting size_setting(std::string name, std::string help, ByteCount least, Access access) {
    return {std::move(name), ValueKind::size, std::move(help),
            [access, least](Config& config, std::string_view text) -> Reason {
                const auto value = parse_size(text);
                if (!value || *value < least) {
                    return "must be a size such as \"64MiB\", at least " + format_size(least);
                }
                access(config) = *value;
                return std::nullopt;
            },
            [access](const Config& config) { return format_size(access(config)); }};
}

template <class Access>
Setting duration_setting(std::string name, std::string help, std::chrono::milliseconds least,
                         std::chrono::milliseconds most, Access access) {
    return {std::move(name), ValueKind::duration, std::move(help),
            [access, least, most](Config& config, std::string_view text) -> Reason {
                const auto value = parse_duration(text);
                if (!value || *value < least || *value > most) {
                    return "must be a duration such as \"30s\", from " + format_duration(least) +
                           " to " + format_duration(most);
                }
                access(config) = *value;
                return std::nullopt;
            },
            [access](const Config& config) { return format_duration(access(config)); }};
}

// HOST:PORT, or nothing.
template <class Access>
Setting optional_address_setting(std::string name, std::string help, Access access) {
    return {std::move(name), ValueKind::text, std::move(help),
            [access](Config& config, std::string_view text) -> Reason {
                access(config) = parse_address(text);
                return text.empty() || access(config) ? Reason() : Reason("must be HOST:PORT");
            },
            [access](const Config& config) {
                const auto& address = access(config);
                return address ? format_address(*address) : std::string();
            }};
}

}  // namespace slipway::daemon
