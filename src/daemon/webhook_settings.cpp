#include "daemon/webhook_settings.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "adapters/webhook/signature.hpp"
#include "http/client.hpp"

namespace slipway::daemon {

namespace {

using adapters::webhook::Endpoint;
using Words = std::vector<std::string>;

constexpr std::size_t kLongestName = 32;

Words words_of(std::string_view text, std::string_view separators) {
    Words words;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(separators), text.size());
        if (end > 0) {
            words.emplace_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kLongestName && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

std::expected<Endpoint, std::string> parse_endpoint(const Words& words) {
    if (words.size() < 2 || words.size() > 3) {
        return std::unexpected("each is NAME URL, or NAME URL EVENT,EVENT");
    }
    if (!is_name(words[0])) {
        return std::unexpected("\"" + words[0] +
                               "\" is no name: up to 32 of a-z, 0-9, \"-\" and \"_\"");
    }
    if (const auto checked = http::check_client_url(words[1]); !checked) {
        return std::unexpected(words[0] + ": " + checked.error().detail);
    }
    Endpoint endpoint{.name = words[0], .url = words[1], .kinds = {}, .secrets = {}};
    for (const auto& event : words_of(words.size() == 3 ? words[2] : "", ",")) {
        const auto kind = core::parse_event_kind(event);
        if (!kind) {
            return std::unexpected(words[0] + ": \"" + event + "\" is no event");
        }
        endpoint.kinds.insert(*kind);
    }
    return endpoint;
}

// The lines of secrets, from wherever they come.
Result<std::string> read_secrets(const Environment& environment, const std::string& file) {
    if (auto text = environment("SLIPWAY_WEBHOOKS_SECRETS")) {
        return std::move(*text);
    }
    if (file.empty()) {
        return failure(Errc::invalid,
                       "webhooks.secret_file: endpoints are set, and neither it nor "
                       "SLIPWAY_WEBHOOKS_SECRETS is");
    }
    std::ifstream in(file);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) {
        return failure(Errc::invalid, "webhooks.secret_file: cannot read " + file);
    }
    return text;
}

Result<> add_secret(std::vector<Endpoint>& endpoints, const Words& words) {
    const auto wrong = [](const std::string& reason) {
        return failure(Errc::invalid, "webhooks.secret_file: " + reason);
    };
    const auto secret = adapters::webhook::parse_secret(words.back());
    if (words.size() > 2 || !secret) {
        return wrong("a line is SECRET or NAME SECRET, with a secret of 24 to 64 bytes");
    }
    bool used = false;
    for (Endpoint& endpoint : endpoints) {
        if (words.size() == 1 || words.front() == endpoint.name) {
            endpoint.secrets.push_back(*secret);
            used = true;
        }
    }
    return used ? Result<>() : wrong("names an endpoint that is not set: " + words.front());
}

}  // namespace

std::expected<std::vector<Endpoint>, std::string> parse_endpoints(std::string_view text) {
    std::vector<Endpoint> endpoints;
    for (const auto& line : words_of(text, ";\r\n")) {
        const auto words = words_of(line, " \t");
        if (words.empty()) {
            continue;
        }
        auto endpoint = parse_endpoint(words);
        if (!endpoint) {
            return std::unexpected(endpoint.error());
        }
        if (std::ranges::count(endpoints, endpoint->name, &Endpoint::name) > 0) {
            return std::unexpected("the name " + endpoint->name + " is there twice");
        }
        endpoints.push_back(std::move(*endpoint));
    }
    return endpoints;
}

std::string find_webhook_contradiction(const Config::Webhooks& webhooks) {
    const auto endpoints = parse_endpoints(webhooks.endpoints);
    if (!endpoints) {
        return "webhooks.endpoints: " + endpoints.error();
    }
    for (const Endpoint& endpoint : *endpoints) {
        if (!webhooks.allow_http && !endpoint.url.starts_with("https://")) {
            return "webhooks.endpoints: " + endpoint.name +
                   " has no https URL, and webhooks.allow_http is not set";
        }
    }
    if (webhooks.backoff > webhooks.backoff_max) {
        return "webhooks.backoff: is longer than webhooks.backoff_max";
    }
    if (const auto known = http::check_authorities(webhooks.ca); !webhooks.ca.empty() && !known) {
        return "webhooks.ca: " + known.error().detail;
    }
    return {};
}

Result<std::vector<Endpoint>> load_endpoints(const Environment& environment,
                                             const Config::Webhooks& webhooks) {
    auto endpoints = parse_endpoints(webhooks.endpoints);
    if (!endpoints) {
        return failure(Errc::invalid, "webhooks.endpoints: " + endpoints.error());
    }
    if (endpoints->empty()) {
        return std::move(*endpoints);
    }
    const auto text = read_secrets(environment, webhooks.secret_file);
    if (!text) {
        return std::unexpected(text.error());
    }
    for (const auto& line : words_of(*text, ";\r\n")) {
        const auto words = words_of(line, " \t");
        if (words.empty()) {
            continue;
        }
        if (auto added = add_secret(*endpoints, words); !added) {
            return std::unexpected(added.error());
        }
    }
    for (const Endpoint& endpoint : *endpoints) {
        if (endpoint.secrets.empty()) {
            return failure(Errc::invalid,
                           "webhooks.secret_file: has no secret for " + endpoint.name);
        }
    }
    return std::move(*endpoints);
}

}  // namespace slipway::daemon
