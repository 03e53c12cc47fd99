#include "daemon/consul/consul_settings.hpp"

#include <algorithm>

#include "daemon/durable_file.hpp"
#include "daemon/values.hpp"
#include "http/client.hpp"

namespace slipway::daemon {

namespace {

// A label of DNS (RFC 1035 section 2.3.1), since Consul answers for services there too.
bool is_label(std::string_view text) {
    constexpr std::size_t kLongest = 63;
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !text.empty() && text.size() <= kLongest && text.front() != '-' && text.back() != '-' &&
           std::ranges::all_of(text, is_allowed);
}

bool is_wildcard(std::string_view host) {
    return host == "0.0.0.0" || host == "::" || host == "*";
}

ListenAddress advertised(const Config& config) {
    return config.consul.advertise.value_or(config.server.listen);
}

bool is_tag(std::string_view text) {
    return !text.empty() && text.find_first_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

std::string find_consul_contradiction(const Config& config) {
    const auto& consul = config.consul;
    if (!is_label(consul.service)) {
        return "consul.service: must be lower-case letters, digits and hyphens, 63 at most";
    }
    if (!std::ranges::all_of(addresses(consul.tags), is_tag)) {
        return "consul.tags: must be words, separated by commas, without blanks";
    }
    if (consul.address.empty()) {
        return {};
    }
    const auto url = http::check_client_url(consul.address);
    if (!url || consul.address.find_first_of("?#") != std::string::npos ||
        std::ranges::count(consul.address, '/') != 2) {
        return "consul.address: must be http://HOST:PORT or https://HOST:PORT, without a slash at "
               "the end";
    }
    if (is_wildcard(advertised(config).host)) {
        return "consul.advertise: must name a host where server.listen names none: others cannot "
               "reach " +
               advertised(config).host;
    }
    if (const auto known = http::check_authorities(consul.ca); !consul.ca.empty() && !known) {
        return "consul.ca: " + known.error().detail;
    }
    return {};
}

Result<adapters::consul::ConsulOptions> consul_options(const Environment& environment,
                                                       const Config::Consul& config) {
    adapters::consul::ConsulOptions options{
        .address = config.address, .token = {}, .ca = config.ca};
    if (auto token = environment("SLIPWAY_CONSUL_TOKEN")) {
        options.token = std::move(*token);
    } else if (!config.token_file.empty()) {
        auto text = read_small_file(config.token_file);
        if (!text) {
            return failure(Errc::invalid, "consul.token_file: " + text.error().detail);
        }
        options.token = std::move(*text);
    }
    options.token.resize(options.token.find_last_not_of(" \t\r\n") + 1);
    const auto is_printable = [](char c) { return c > 0x20 && c < 0x7f; };
    if (!std::ranges::all_of(options.token, is_printable)) {
        return failure(Errc::invalid, "consul.token_file: a token is one word of ASCII");
    }
    return options;
}

adapters::consul::ServiceRegistration registration_of(const Config& config, BoundPorts ports) {
    ListenAddress address = advertised(config);
    if (address.port == 0 || !config.consul.advertise) {
        address.port = ports.port;
    }
    const std::string reached = format_address(address);
    ListenAddress admin = address;
    if (config.server.admin_listen) {
        admin = *config.server.admin_listen;
        admin.port = ports.admin;
        admin.host = is_wildcard(admin.host) ? address.host : admin.host;
    }
    adapters::consul::ServiceRegistration service;
    // Who looks for a server that serves clients does not find one that does not.
    service.name = config.consul.service + (config.roles.api ? "" : "-worker");
    service.id = service.name + "-" + reached;
    service.address = address.host;
    service.port = address.port;
    service.tags = addresses(config.consul.tags);
    service.weight = config.consul.weight;
    service.check_url = "http://" + format_address(admin) + "/readyz";
    service.meta = {{"version", SLIPWAY_VERSION}, {"admin_address", format_address(admin)}};
    if (!config.consul.zone.empty()) {
        service.meta.emplace("zone", config.consul.zone);
    }
    if (!config.server.public_url.empty()) {
        service.meta.emplace("public_url", config.server.public_url);
    }
    return service;
}

}  // namespace slipway::daemon
