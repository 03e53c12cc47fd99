#include "daemon/config_loader.hpp"

#include <toml++/toml.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <sstream>

#include "daemon/settings.hpp"
#include "daemon/values.hpp"

namespace slipway::daemon {

namespace {

// [[store]], which has a reader of its own.
constexpr std::string_view kStoreSection = "store";

const Setting* find_setting(std::string_view name) {
    const auto found = std::ranges::find(settings(), name, &Setting::name);
    return found == settings().end() ? nullptr : &*found;
}

Result<> apply(Config& config, const Setting& setting, std::string_view text,
               std::string_view origin) {
    if (const auto reason = setting.set(config, text)) {
        return failure(Errc::invalid,
                       setting.name + ": " + *reason + " (" + std::string(origin) + ")");
    }
    return {};
}

// Nothing: not all of them are strings, or one could be taken for two.
std::optional<std::string> joined(const toml::array& words) {
    std::string text;
    for (const toml::node& node : words) {
        const auto* word = node.as_string();
        if (word == nullptr || word->get().contains(',')) {
            return std::nullopt;
        }
        text += (text.empty() ? "" : ",") + word->get();
    }
    return text;
}

// The text form of a TOML value, if the setting takes its type.
std::optional<std::string> text_of(const toml::node& node, ValueKind kind) {
    const bool takes_text = kind != ValueKind::number && kind != ValueKind::boolean;
    const bool takes_number =
        kind == ValueKind::number || kind == ValueKind::size || kind == ValueKind::fraction;
    if (const auto* text = node.as_string(); text != nullptr && takes_text) {
        return text->get();
    }
    if (const auto* words = node.as_array(); words != nullptr && kind == ValueKind::words) {
        return joined(*words);
    }
    if (const auto* number = node.as_integer(); number != nullptr && takes_number) {
        return std::to_string(number->get());
    }
    if (const auto* number = node.as_floating_point();
        number != nullptr && kind == ValueKind::fraction) {
        return format_fraction(number->get());
    }
    if (const auto* flag = node.as_boolean(); flag != nullptr && kind == ValueKind::boolean) {
        return flag->get() ? "true" : "false";
    }
    return std::nullopt;
}

std::string_view type_name(ValueKind kind) {
    switch (kind) {
        case ValueKind::text:
            return "must be a string";
        case ValueKind::words:
            return "must be a list of strings";
        case ValueKind::number:
            return "must be a whole number";
        case ValueKind::fraction:
            return "must be a number from 0 to 1";
        case ValueKind::size:
            return "must be a size: a string such as \"64MiB\", or a number of bytes";
        case ValueKind::duration:
            return "must be a duration: a string such as \"30s\"";
        case ValueKind::boolean:
            return "must be true or false";
    }
    return "";
}

Result<> apply_section(Config& config, std::string_view section, const toml::table& table,
                       std::string_view file) {
    for (const auto& [key, node] : table) {
        const std::string name = std::string(section) + "." + std::string(key.str());
        const Setting* setting = find_setting(name);
        if (setting == nullptr) {
            return failure(Errc::invalid, name + ": is not a key (" + std::string(file) + ")");
        }
        const auto text = text_of(node, setting->kind);
        if (!text) {
            return failure(Errc::invalid, name + ": " + std::string(type_name(setting->kind)) +
                                              " (" + std::string(file) + ")");
        }
        if (auto applied = apply(config, *setting, *text, file); !applied) {
            return applied;
        }
    }
    return {};
}

Result<> apply_file(Config& config, const std::string& path) {
    if (::access(path.c_str(), R_OK) != 0) {
        return std::unexpected(errno_error("open " + path, errno));
    }
    toml::table root;
    try {
        root = toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        std::ostringstream where;
        where << path << ": " << error.description() << " at " << error.source().begin;
        return failure(Errc::invalid, where.str());
    }
    for (const auto& [section, node] : root) {
        if (section.str() == kStoreSection) {
            continue;
        }
        const auto* table = node.as_table();
        if (table == nullptr) {
            return failure(Errc::invalid,
                           std::string(section.str()) + ": is not a section (" + path + ")");
        }
        if (auto applied = apply_section(config, section.str(), *table, path); !applied) {
            return applied;
        }
    }
    if (!root.contains(kStoreSection)) {
        return {};
    }
    auto stores = adapters::s3::load_stores(path);
    if (!stores) {
        return std::unexpected(stores.error());
    }
    config.stores = std::move(*stores);
    return {};
}

// Of one server alone, a path in its file system, or a secret.
bool may_be_shared(std::string_view name) {
    static constexpr std::array<std::string_view, 4> kOwn = {
        "node.roles", "server.listen", "server.admin_listen", "storage.data_dir"};
    return !name.starts_with("consul.") && !name.starts_with("auth.") && !name.ends_with("_file") &&
           !name.ends_with(".ca") && std::ranges::find(kOwn, name) == kOwn.end();
}

Result<> apply_overrides(Config& config, const Overrides& overrides) {
    for (const auto& [key, value] : overrides) {
        const std::string name = key.substr(key.rfind('/') + 1);
        const std::string origin = "Consul key " + key;
        const Setting* setting = find_setting(name);
        if (setting == nullptr) {
            return failure(Errc::invalid, name + ": is not a key (" + origin + ")");
        }
        if (!may_be_shared(name)) {
            return failure(
                Errc::invalid,
                name + ": is each server's own, and not taken from there (" + origin + ")");
        }
        if (auto applied = apply(config, *setting, value, origin); !applied) {
            return applied;
        }
    }
    return {};
}

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

std::string environment_name(std::string_view setting) {
    std::string name = "SLIPWAY_";
    for (const char c : setting) {
        name.push_back(c == '.' ? '_'
                                : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
    return name;
}

Result<Config> load_config(const ConfigSources& sources) {
    Config config;
    if (sources.file) {
        if (auto applied = apply_file(config, *sources.file); !applied) {
            return std::unexpected(applied.error());
        }
    }
    if (auto applied = apply_overrides(config, sources.overrides); !applied) {
        return std::unexpected(applied.error());
    }
    for (const Setting& setting : settings()) {
        const std::string name = environment_name(setting.name);
        if (const auto value = sources.environment(name)) {
            if (auto applied = apply(config, setting, *value, name); !applied) {
                return std::unexpected(applied.error());
            }
        }
    }
    for (const auto& [name, value] : sources.command_line) {
        const Setting* setting = find_setting(name);
        if (setting == nullptr) {
            return failure(Errc::invalid, name + ": is not a key (command line)");
        }
        if (auto applied = apply(config, *setting, value, "--" + name); !applied) {
            return std::unexpected(applied.error());
        }
    }
    if (const auto contradiction = find_contradiction(config)) {
        return failure(Errc::invalid, *contradiction);
    }
    return config;
}

std::string print_config(const Config& config) {
    std::ostringstream out;
    std::string section;
    for (const Setting& setting : settings()) {
        const std::size_t dot = setting.name.find('.');
        if (setting.name.substr(0, dot) != section) {
            section = setting.name.substr(0, dot);
            out << (out.tellp() > 0 ? "\n" : "") << '[' << section << "]\n";
        }
        const std::string value = setting.get(config);
        out << setting.name.substr(dot + 1) << " = ";
        if (setting.kind == ValueKind::number || setting.kind == ValueKind::fraction ||
            setting.kind == ValueKind::boolean) {
            out << value << '\n';
        } else {
            out << toml::value<std::string>(value) << '\n';
        }
    }
    for (const auto& store : config.stores) {
        out << '\n' << adapters::s3::print_store(store);
    }
    return out.str();
}

}  // namespace slipway::daemon
