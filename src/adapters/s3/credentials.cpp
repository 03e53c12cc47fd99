#include "adapters/s3/credentials.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>

namespace slipway::adapters::s3 {

namespace {

constexpr std::size_t kMaxFile = 64 << 10;

using Section = std::map<std::string, std::string, std::less<>>;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// The names and values of a section; nothing where there is no such section.
std::optional<Section> section_of(const std::string& text, const std::string& profile) {
    std::optional<Section> section;
    bool inside = false;
    std::istringstream lines(text);
    for (std::string whole; std::getline(lines, whole);) {
        const std::string_view line = trimmed(whole);
        if (line.empty() || line.front() == '#' || line.front() == ';') {
            continue;
        }
        if (line.front() == '[') {
            inside = line == '[' + profile + ']';
            if (inside && !section) {
                section.emplace();
            }
            continue;
        }
        const auto equals = line.find('=');
        if (inside && equals != std::string_view::npos) {
            section->insert_or_assign(std::string(trimmed(line.substr(0, equals))),
                                      std::string(trimmed(line.substr(equals + 1))));
        }
    }
    return section;
}

Result<sigv4::Credentials> credentials_of(const Section& section, const std::string& file,
                                          const std::string& profile) {
    const auto value = [&section](std::string_view name) {
        const auto found = section.find(name);
        return found == section.end() ? std::string() : found->second;
    };
    sigv4::Credentials found{value("aws_access_key_id"), value("aws_secret_access_key"),
                             value("aws_session_token")};
    if (found.access_key.empty() || found.secret_key.empty()) {
        return failure(Errc::invalid, file + " has no " +
                                          (found.access_key.empty() ? "aws_access_key_id"
                                                                    : "aws_secret_access_key") +
                                          " in [" + profile + "]");
    }
    return found;
}

}  // namespace

Variables process_variables() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

Result<sigv4::Credentials> credentials_from_environment(const std::string& prefix,
                                                        const Variables& environment) {
    const auto value = [&](const char* name) { return environment(prefix + name).value_or(""); };
    sigv4::Credentials found{value("_ACCESS_KEY_ID"), value("_SECRET_ACCESS_KEY"),
                             value("_SESSION_TOKEN")};
    if (found.access_key.empty() || found.secret_key.empty()) {
        return failure(Errc::invalid,
                       "the environment has no " + prefix +
                           (found.access_key.empty() ? "_ACCESS_KEY_ID" : "_SECRET_ACCESS_KEY"));
    }
    return found;
}

Result<std::string> read_small_file(const std::filesystem::path& file, std::size_t most) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return std::unexpected(errno_error("open " + file.string(), errno));
    }
    std::string text(most + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) {
        return std::unexpected(errno_error("read " + file.string(), errno));
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > most) {
        return failure(Errc::invalid,
                       file.string() + " has over " + std::to_string(most >> 10) + " KiB");
    }
    return text;
}

Result<sigv4::Credentials> credentials_from_file(const std::filesystem::path& file,
                                                 const std::vector<std::string>& profiles) {
    const auto text = read_small_file(file, kMaxFile);
    if (!text) {
        return std::unexpected(text.error());
    }
    std::string missing;
    for (const auto& profile : profiles) {
        if (const auto section = section_of(*text, profile)) {
            return credentials_of(*section, file.string(), profile);
        }
        missing += (missing.empty() ? "[" : " or [") + profile + "]";
    }
    return failure(Errc::invalid, file.string() + " has no section " + missing);
}

}  // namespace slipway::adapters::s3
