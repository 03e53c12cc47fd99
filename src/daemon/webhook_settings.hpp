// What the operator says of webhooks: the endpoints, as a text, and their secrets, which come only
// from a file or the environment.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/webhook/endpoint.hpp"
#include "base/result.hpp"
#include "daemon/config.hpp"
#include "daemon/config_loader.hpp"

namespace slipway::daemon {

// Endpoints, separated by ";" or line breaks, each "NAME URL" or "NAME URL EVENT,EVENT…"; without
// secrets. Else what is wrong.
std::expected<std::vector<adapters::webhook::Endpoint>, std::string> parse_endpoints(
    std::string_view text);

// What cannot work or is not safe: "KEY: REASON". Empty where all is well.
std::string find_webhook_contradiction(const Config::Webhooks& webhooks);

// The endpoints with the secrets of SLIPWAY_WEBHOOKS_SECRETS, else of the file
// webhooks.secret_file: a line "SECRET" is for all endpoints, "NAME SECRET" for one; several for
// one are all signed with. invalid: an endpoint has none, or a secret is too short; the detail says
// so without secrets.
Result<std::vector<adapters::webhook::Endpoint>> load_endpoints(const Environment& environment,
                                                                const Config::Webhooks& webhooks);

}  // namespace slipway::daemon
